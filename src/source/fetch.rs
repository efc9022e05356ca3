//! What is not on this machine: objects in storage and the answers of a database, fetched into temporary files.

use std::io::{BufWriter, Write};
use std::path::Path;

use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path as ObjectPath;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use tempfile::{NamedTempFile, TempPath};

use super::database;
use super::discover::Format;
use super::error::SourceError;
use super::options::SourceOptions;

/// An address outside this machine.
#[derive(Debug)]
pub(super) enum Remote {
    /// An object or several, in storage.
    Objects(url::Url),
    /// A database.
    Database(String),
}

impl Remote {
    /// The address that a path is, if it is one.
    pub(super) fn of(pattern: &str) -> Option<Self> {
        let (scheme, _) = pattern.split_once("://")?;
        match scheme {
            "postgres" | "postgresql" => Some(Self::Database(pattern.to_owned())),
            _ => url::Url::parse(pattern).ok().map(Self::Objects),
        }
    }
}

/// A fetched file.
#[derive(Debug)]
pub(super) struct Fetched {
    /// Where it was put; removed when dropped.
    pub(super) path: TempPath,
    /// Its address without credentials, as messages name it.
    pub(super) shown: String,
    /// Its format, where the address doesn't tell.
    pub(super) format: Option<Format>,
}

/// Fetches what an address names, for a pipeline file in `base`, into `scratch`; nothing when no object matches.
///
/// # Errors
/// When the address can't be understood, reached or read to the end.
pub(super) fn fetch(
    table: &str,
    remote: &Remote,
    options: &SourceOptions,
    base: &Path,
    scratch: &Path,
) -> Result<Vec<Fetched>, SourceError> {
    let no_space = |e| SourceError::unreadable(&scratch.display().to_string(), e, "free space where the output goes");
    std::fs::create_dir_all(scratch).map_err(no_space)?;
    match remote {
        Remote::Database(address) => {
            let mut file = NamedTempFile::new_in(scratch).map_err(no_space)?;
            let shown = database::spool(table, address, options.query.as_deref(), base, file.as_file_mut())?;
            Ok(vec![Fetched { path: file.into_temp_path(), shown, format: Some(Format::Csv) }])
        }
        Remote::Objects(address) => {
            let fail = |e: &dyn std::fmt::Display| SourceError::unreadable(address.as_str(), e, REACHABLE);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(no_space)?;
            runtime.block_on(objects(address, scratch)).map_err(|e| fail(&e))
        }
    }
}

const REACHABLE: &str = "is the address right, and do the environment's credentials allow reading it?";

/// Why an object could not be fetched.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("{}", plain(.0))]
    Store(#[from] object_store::Error),
    #[error("{0}")]
    Path(#[from] object_store::path::Error),
    #[error("{0}")]
    Disk(#[from] std::io::Error),
    #[error("`*` is understood in the last part of the path only")]
    Pattern,
}

/// What the store said, with its causes, on one line.
fn plain(error: &object_store::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = inner.source();
    }
    text.replace('\n', " ")
}

async fn objects(address: &url::Url, scratch: &Path) -> Result<Vec<Fetched>, FetchError> {
    let environment = std::env::vars().map(|(name, value)| (name.to_ascii_lowercase(), value));
    let (store, path) = object_store::parse_url_opts(address, environment)?;
    let (folder, name) = path.as_ref().rsplit_once('/').unwrap_or(("", path.as_ref()));
    let root = address.as_str().strip_suffix(address.path()).unwrap_or(address.as_str());
    let root = root.split_once('@').map_or(root.to_owned(), |(_, host)| format!("{}://{host}", address.scheme()));
    let found: Vec<ObjectMeta> = if name.contains(['*', '?']) {
        let pattern = glob::Pattern::new(name).map_err(|_| FetchError::Pattern)?;
        let prefix = ObjectPath::parse(folder)?;
        let listed: Vec<ObjectMeta> = store.list(Some(&prefix)).try_collect().await?;
        listed.into_iter().filter(|o| o.location.filename().is_some_and(|f| pattern.matches(f))).collect()
    } else if folder.contains(['*', '?']) {
        return Err(FetchError::Pattern);
    } else {
        vec![store.head(&path).await?]
    };
    let mut fetched = Vec::with_capacity(found.len());
    for object in found {
        let shown = format!("{root}/{}", object.location);
        fetched.push(Fetched { path: download(store.as_ref(), &object, scratch).await?, shown, format: None });
    }
    Ok(fetched)
}

async fn download(store: &dyn ObjectStore, object: &ObjectMeta, scratch: &Path) -> Result<TempPath, FetchError> {
    let mut file = NamedTempFile::new_in(scratch)?;
    let mut pieces = store.get(&object.location).await?.into_stream();
    let mut out = BufWriter::new(file.as_file_mut());
    while let Some(piece) = pieces.next().await {
        out.write_all(&piece?)?;
    }
    out.flush()?;
    drop(out);
    Ok(file.into_temp_path())
}
