//! Sources that are not on this machine, each against the real thing: a PostgreSQL server, an object store, the web.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::{ByCustomer, acrm, folder, quality, table, texts};

/// A process that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // it may have ended already
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
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

fn start_postgres(bin: &Path, data: &Path) -> (Server, u16) {
    use std::os::unix::fs::MetadataExt;
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0);
    if is_root {
        let owned = Command::new("chown").arg("postgres").arg(data).status().expect("chown");
        assert!(owned.success());
    }
    let made = as_user(&bin.join("initdb"), is_root)
        .args(["--username=acrm", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
        .arg(data)
        .stdout(Stdio::null())
        .status()
        .expect("initdb");
    assert!(made.success());
    let port = free_port();
    let server = as_user(&bin.join("postgres"), is_root)
        .arg("-D")
        .arg(data)
        .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("postgres");
    wait_for(port);
    (Server(server), port)
}

#[test]
fn a_query_of_postgresql_is_a_source() {
    let Some(bin) = postgres_programs() else { return };
    let data = tempfile::tempdir_in("/tmp").expect("a folder");
    let (_server, port) = start_postgres(&bin, data.path());
    let address = format!("postgres://acrm@127.0.0.1:{port}/postgres");
    let mut client = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        postgres::Client::connect(&address, postgres::NoTls).ok()
    });
    let client = client.as_mut().expect("connected");
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
    let dropped = pipeline("DROP TABLE orders");
    std::fs::write(folder.path().join("bad.toml"), dropped).expect("written");
    assert_eq!(acrm(folder.path(), &["run", "bad.toml"]).code, 3);
    assert_eq!(client.query_one("SELECT count(*) FROM orders", &[]).expect("counted").get::<_, i64>(0), 4);
}

/// Whether Python has a module.
fn python_has(module: &str) -> bool {
    let found = Command::new("python3").args(["-c", &format!("import {module}")]).stderr(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        println!("skipped: Python has no {module}");
    }
    found
}

const ORDERS: [&str; 2] = [
    "customer_id,timestamp,amount\nA,2024-01-01,10\n",
    "customer_id,timestamp,amount\nA,2024-02-01,5\nB,2024-02-02,7\n",
];

fn pipeline(path: &str) -> String {
    format!("[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"{path}\"\n")
}

#[test]
fn objects_of_an_s3_bucket_are_a_source() {
    if !python_has("moto.server") || !python_has("boto3") {
        return;
    }
    let port = free_port();
    let server = Command::new("python3")
        .args(["-m", "moto.server", "-p", &port.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("moto");
    let _server = Server(server);
    wait_for(port);
    let folder = folder(&[
        ("orders_1.csv", ORDERS[0]),
        ("orders_2.csv", ORDERS[1]),
        ("p.toml", &pipeline("s3://shop/exports/orders_*.csv")),
        ("none.toml", &pipeline("s3://shop/exports/invoices_*.csv")),
    ]);
    let environment = [
        ("AWS_ENDPOINT", format!("http://127.0.0.1:{port}")),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
        ("AWS_ACCESS_KEY_ID", "key".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("NO_PROXY", "127.0.0.1".to_owned()),
    ];
    let upload = "import boto3, os\ns3 = boto3.client('s3', endpoint_url=os.environ['AWS_ENDPOINT'])\n\
                  s3.create_bucket(Bucket='shop')\n\
                  [s3.upload_file(n, 'shop', 'exports/' + n) for n in ('orders_1.csv', 'orders_2.csv')]";
    let uploaded = Command::new("python3")
        .args(["-c", upload])
        .current_dir(folder.path())
        .envs(environment.clone())
        .status()
        .expect("python");
    assert!(uploaded.success());
    let run = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acrm"));
        command.args(["run", name]).current_dir(folder.path()).envs(environment.clone()).output().expect("acrm")
    };
    let ended = run("p.toml");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
    assert_eq!((customers.number("A", "spend_net"), customers.number("B", "spend_net")), (15.0, 7.0));
    let ended = run("none.toml");
    assert_eq!(ended.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("no file matches `s3://shop/exports/invoices_*.csv`"));
}

#[test]
fn a_file_of_a_web_server_is_a_source() {
    if !python_has("http.server") {
        return;
    }
    let port = free_port();
    let address = format!("http://127.0.0.1:{port}/orders_2.csv");
    let folder = folder(&[
        ("orders_2.csv", ORDERS[1]),
        ("p.toml", &pipeline(&address)),
        ("none.toml", &pipeline(&format!("http://127.0.0.1:{port}/nothing.csv"))),
    ]);
    let server = Command::new("python3")
        .args(["-m", "http.server", "--bind", "127.0.0.1", &port.to_string()])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("python");
    let _server = Server(server);
    wait_for(port);
    let run = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acrm"));
        let command = command.args(["run", name]).current_dir(folder.path());
        command.env("ALLOW_HTTP", "true").env("NO_PROXY", "127.0.0.1").output().expect("acrm")
    };
    let ended = run("p.toml");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(ByCustomer::read(&folder.path().join("out/latest"), "customers").number("B", "spend_net"), 7.0);
    let ended = run("none.toml");
    assert_eq!(ended.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("nothing.csv"));
}
