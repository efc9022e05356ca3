//! Databases as sources, against a real PostgreSQL server.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::{ByCustomer, acrm, folder, quality, table, texts};

/// A process that ends with the test.
pub struct Server(Child);

impl Server {
    /// Starts a program that says nothing, and waits until it listens.
    pub fn start(command: &mut Command, port: u16) -> Self {
        let started = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let server = Self(started.unwrap_or_else(|e| panic!("{command:?}: {e}")));
        wait_for(port);
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // it may have ended already
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

fn wait_for(port: u16) {
    for _ in 0..300 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("no server on port {port}");
}

/// Where PostgreSQL's programs are.
fn postgres_programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions.map(|v| v.path().join("bin")).find(|bin| bin.join("initdb").exists());
    if found.is_none() {
        println!("skipped: PostgreSQL is not installed");
    }
    found
}

/// PostgreSQL does not run as root: there, its own user does it.
fn as_user(program: &Path, is_root: bool) -> Command {
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0)
}

/// Gives a file to the user that PostgreSQL runs as.
fn give_to_postgres(path: &Path) {
    if is_root() {
        let owned = Command::new("chown").arg("postgres").arg(path).status().expect("chown");
        assert!(owned.success());
    }
}

fn start_postgres(bin: &Path, data: &Path, options: &[String]) -> (Server, u16) {
    let is_root = is_root();
    give_to_postgres(data);
    let made = as_user(&bin.join("initdb"), is_root)
        .args(["--username=acrm", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
        .arg(data)
        .stdout(Stdio::null())
        .status()
        .expect("initdb");
    assert!(made.success());
    let port = free_port();
    let mut command = as_user(&bin.join("postgres"), is_root);
    command.arg("-D").arg(data).args(["-p", &port.to_string()]);
    command.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
    command.args(options.iter().flat_map(|option| ["-c", option]));
    (Server::start(&mut command, port), port)
}

/// A connection to a server that has just started.
fn connected(address: &str) -> postgres::Client {
    let client = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        postgres::Client::connect(address, postgres::NoTls).ok()
    });
    client.expect("connected")
}

#[test]
fn a_query_of_postgresql_is_a_source() {
    let Some(bin) = postgres_programs() else { return };
    let data = tempfile::tempdir_in("/tmp").expect("a folder");
    let (_server, port) = start_postgres(&bin, data.path(), &[]);
    let address = format!("postgres://acrm@127.0.0.1:{port}/postgres");
    let mut client = connected(&address);
    client
        .batch_execute(
            "CREATE TABLE orders (client text, placed timestamptz, total numeric(20,4), note text);
             INSERT INTO orders VALUES
               ('0007', '2024-01-31 23:30:00+00', 12.3400, E'two\\nlines, and a \"quote\"'),
               ('7', '2024-02-01 10:00:00+00', 99999999999.9999, NULL),
               (NULL, '2024-02-01 10:00:00+00', 1, ''),
               ('سارا', '2024-02-02 10:00:00+02', -5, '');",
        )
        .expect("filled");
    let pipeline = |query: &str| {
        format!(
            "[pipeline]\nname = \"case\"\ntimezone = \"Europe/Berlin\"\n[sources.transactions]\npath = \"{address}\"\n\
             query = \"{query}\"\ncolumns = {{ customer_id = \"client\", timestamp = \"placed\", amount = \"total\" }}\n"
        )
    };
    let folder =
        folder(&[("p.toml", &pipeline("SELECT * FROM orders")), ("bad.toml", &pipeline("SELECT * FROM nowhere"))]);
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let run = folder.path().join("out/latest");
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.line("0007", &["first_purchase", "spend_net"]), "2024-02-01 12.34");
    assert_eq!(customers.number("7", "spend_net"), 99_999_999_999.999_9);
    assert_eq!(customers.number("سارا", "refunds"), 5.0);
    assert_eq!(texts(&table(&run, "quarantine"), "reason"), ["missing_customer_id"]);
    assert_eq!(quality(&run, "transactions", "rows_read"), 4.0);
    let ended = acrm(folder.path(), &["run", "bad.toml"]);
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("\"nowhere\" does not exist"), "{}", ended.stderr);
    let insists = pipeline("SELECT * FROM orders").replace("/postgres\"", "/postgres?sslmode=require\"");
    std::fs::write(folder.path().join("bad.toml"), insists).expect("written");
    let ended = acrm(folder.path(), &["run", "bad.toml"]);
    assert!(ended.code == 3 && ended.stderr.contains("server does not support TLS"), "{}", ended.stderr);
    let dropped = pipeline("DROP TABLE orders");
    std::fs::write(folder.path().join("bad.toml"), dropped).expect("written");
    assert_eq!(acrm(folder.path(), &["run", "bad.toml"]).code, 3);
    assert_eq!(client.query_one("SELECT count(*) FROM orders", &[]).expect("counted").get::<_, i64>(0), 4);
}

/// Makes a key and a certificate for 127.0.0.1, `name.key` and `name.crt`, signed by `issuer` or by itself.
fn make_certificate(folder: &Path, name: &str, issuer: Option<&str>) {
    let mut command = Command::new("openssl");
    command.current_dir(folder).args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"]);
    command.args([&format!("/CN={name}"), "-keyout", &format!("{name}.key"), "-out", &format!("{name}.crt")]);
    command.args(["-addext", "subjectAltName=IP:127.0.0.1"]);
    if let Some(issuer) = issuer {
        command.args(["-CA", &format!("{issuer}.crt"), "-CAkey", &format!("{issuer}.key")]);
        command.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    }
    let made = command.stderr(Stdio::null()).status().expect("openssl");
    assert!(made.success(), "{name}");
}

#[test]
fn a_database_is_asked_over_tls_as_the_address_says() {
    let Some(bin) = postgres_programs() else { return };
    if !Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        println!("skipped: there is no openssl");
        return;
    }
    // says whether the connection it came by was encrypted
    let query = "SELECT CASE WHEN ssl THEN 'encrypted' ELSE 'plain' END AS customer_id, \
                 '2024-01-01' AS timestamp, 1 AS amount FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let folder = folder(&[]);
    make_certificate(folder.path(), "authority", None);
    make_certificate(folder.path(), "signed", Some("authority"));
    make_certificate(folder.path(), "own", None);
    let untrusted = "invalid peer certificate";
    for (certificate, trusted, other) in [("signed", "authority", "own"), ("own", "own", "authority")] {
        let data = tempfile::tempdir_in("/tmp").expect("a folder");
        let keys = tempfile::tempdir_in("/tmp").expect("a folder");
        let mut options = vec!["ssl=on".to_owned()];
        for (option, ending) in [("ssl_cert_file", "crt"), ("ssl_key_file", "key")] {
            let path = keys.path().join(ending);
            std::fs::copy(folder.path().join(format!("{certificate}.{ending}")), &path).expect("copied");
            give_to_postgres(&path);
            options.push(format!("{option}={}", path.display()));
        }
        give_to_postgres(keys.path());
        let (_server, port) = start_postgres(&bin, data.path(), &options);
        connected(&format!("postgres://acrm@127.0.0.1:{port}/postgres"));
        for (host, parameters, outcome) in [
            ("127.0.0.1", String::new(), Ok("plain")),
            ("127.0.0.1", "?sslmode=disable".into(), Ok("plain")),
            ("127.0.0.1", "?sslmode=prefer".into(), Ok("encrypted")),
            ("127.0.0.1", "?sslmode=require".into(), Ok("encrypted")),
            ("127.0.0.1", format!("?sslmode=verify-full&sslrootcert={trusted}.crt"), Ok("encrypted")),
            ("localhost", format!("?sslmode=verify-ca&sslrootcert={trusted}.crt"), Ok("encrypted")),
            ("localhost", format!("?sslmode=verify-full&sslrootcert={trusted}.crt"), Err(untrusted)),
            ("127.0.0.1", "?sslmode=verify-full".into(), Err(untrusted)),
            ("127.0.0.1", format!("?sslmode=require&sslrootcert={other}.crt"), Err(untrusted)),
            ("127.0.0.1", "?sslmode=verify-full&sslrootcert=nowhere.crt".into(), Err("nowhere.crt")),
            ("127.0.0.1", "?sslmode=maybe".into(), Err("`sslmode` is `maybe`")),
        ] {
            let address = format!("postgres://acrm@{host}:{port}/postgres{parameters}");
            let text = format!(
                "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"{address}\"\nquery = \"{query}\"\n"
            );
            std::fs::write(folder.path().join("p.toml"), text).expect("written");
            let ended = acrm(folder.path(), &["run", "p.toml"]);
            match outcome {
                Ok(how) => {
                    assert_eq!(ended.code, 0, "{certificate}, {address}: {}", ended.stderr);
                    let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
                    assert_eq!(customers.ids(), [how], "{certificate}, {address}");
                }
                Err(words) => {
                    assert_eq!(ended.code, 3, "{certificate}, {address}");
                    assert!(ended.stderr.contains(words), "{certificate}, {address}: {}", ended.stderr);
                    let hinted = !words.contains("certificate") || ended.stderr.contains("sslrootcert=FILE");
                    assert!(hinted, "{}", ended.stderr);
                }
            }
        }
    }
}
