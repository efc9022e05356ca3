//! What a PostgreSQL database answers, spooled as delimited text.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use postgres::config::{Config, SslMode};
use postgres::{Client, NoTls};

use super::database_tls::Encryption;
use super::error::SourceError;

const UNTRUSTED: &str = "sslrootcert=FILE in the address names certificates to trust, verify-ca instead of verify-full minds \
     no names, and sslmode=require encrypts without looking at the certificate";

/// Asks the database at `address` and writes its answer, a header line first, to `file`. Gives the address as
/// messages name it, without password. Certificates that the address names are looked for from `base`.
///
/// Timestamps with a zone are written in UTC with their offset, dates as ISO 8601, whatever the server's settings.
///
/// # Errors
/// When there is no query, or the database can't be reached or refuses it.
pub(super) fn spool(
    table: &str,
    address: &str,
    query: Option<&str>,
    base: &Path,
    file: &mut File,
) -> Result<String, SourceError> {
    let shown = without_password(address);
    let fail = |reason: String, hint: &str| SourceError::unreadable(&shown, reason, hint);
    let Some(query) = query else {
        let hint = format!("set query = \"SELECT ... FROM ...\" in [sources.{table}]");
        return Err(fail("a database needs a `query`".into(), &hint));
    };
    let mut client = connect(address, base).map_err(|e| {
        let hint = if e.contains("certificate") { UNTRUSTED } else { "is the server up, and is the address right?" };
        fail(e, hint)
    })?;
    let mut ask = || -> Result<(), String> {
        client
            .batch_execute(
                "SET datestyle TO 'ISO, YMD'; SET timezone TO 'UTC'; SET client_encoding TO 'UTF8'; \
                 SET default_transaction_read_only TO on",
            )
            .map_err(|e| said(&e))?;
        let select = query.trim().trim_end_matches(';');
        let copy = format!("COPY (\n{select}\n) TO STDOUT WITH (FORMAT csv, HEADER true)");
        let mut answer = client.copy_out(copy.as_str()).map_err(|e| said(&e))?;
        let mut out = BufWriter::new(&mut *file);
        std::io::copy(&mut answer, &mut out).map_err(|e| e.to_string())?;
        out.flush().map_err(|e| e.to_string())
    };
    ask().map_err(|reason| fail(reason, "does the query run in psql? it must be one SELECT"))?;
    Ok(shown)
}

#[expect(clippy::disallowed_methods, reason = "a password belongs into the environment, not into the pipeline file")]
/// Encrypted as the address says; where it doesn't, encrypted where a server elsewhere can, with its certificate checked.
fn connect(address: &str, base: &Path) -> Result<Client, String> {
    let (encryption, address) = Encryption::of(address, base)?;
    let mut config: Config = address.parse().map_err(|e| said(&e))?;
    if config.get_password().is_none()
        && let Ok(password) = std::env::var("PGPASSWORD")
    {
        config.password(password);
    }
    let local = config.get_hosts().iter().any(|host| match host {
        postgres::config::Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
        postgres::config::Host::Unix(_) => true,
    });
    let mode = encryption.mode.unwrap_or(if local { SslMode::Disable } else { SslMode::Prefer });
    if mode == SslMode::Disable {
        return config.connect(NoTls).map_err(|e| said(&e));
    }
    config.ssl_mode(mode);
    config.connect(encryption.connector()?).map_err(|e| said(&e))
}

/// An error with its cause, which is where the server's own words are.
fn said(error: &postgres::Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}").replace('\n', " ")
}

fn without_password(address: &str) -> String {
    let Ok(mut url) = url::Url::parse(address) else { return "the database".into() };
    let kept = url.query_pairs().filter(|(name, _)| name != "password").map(|(n, v)| (n.into_owned(), v.into_owned()));
    let kept = kept.collect::<Vec<_>>();
    url.query_pairs_mut().clear().extend_pairs(kept);
    if url.query() == Some("") {
        url.set_query(None);
    }
    // an address without a host can hold no password either
    let _ = url.set_password(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for address in ["postgres://ann:secret@db/shop", "postgresql://db/shop?user=ann&password=secret"] {
            let shown = without_password(address);
            assert!(!shown.contains("secret") && shown.contains("db/shop"), "{shown}");
        }
    }
}
