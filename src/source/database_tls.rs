//! Encryption of a database connection, as libpq has it: `sslmode` and `sslrootcert` of the address.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use postgres::config::SslMode;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What is checked of the server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Checked {
    /// Nothing: the connection is encrypted, to whomever.
    Nothing,
    /// That a trusted authority signed it.
    Issuer,
    /// That too, and that it is the host's.
    IssuerAndHost,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Encryption {
    /// Whether it is at all; `None` when the address doesn't say.
    pub(super) mode: Option<SslMode>,
    checked: Checked,
    /// Certificates to trust; without them, those that this machine trusts.
    roots: Option<PathBuf>,
}

impl Encryption {
    /// What an address says of it, and the address without that. A relative path of certificates is taken from `base`.
    ///
    /// # Errors
    /// A mode that there is not.
    pub(super) fn of(address: &str, base: &Path) -> Result<(Self, String), String> {
        let (front, query) = address.split_once('?').unwrap_or((address, ""));
        let (mut mode, mut roots) = (None, None);
        let mut kept = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match url::form_urlencoded::parse(pair.as_bytes()).next() {
                Some((name, value)) if name == "sslmode" => mode = Some(value.into_owned()),
                Some((name, value)) if name == "sslrootcert" => {
                    roots = (value != "system").then(|| base.join(value.as_ref()));
                }
                _ => kept.push(pair),
            }
        }
        let (mode, checked) = match mode.as_deref() {
            None => (None, Checked::IssuerAndHost),
            Some("disable") => (Some(SslMode::Disable), Checked::Nothing),
            Some("allow" | "prefer") => (Some(SslMode::Prefer), Checked::Nothing),
            Some("require") if roots.is_none() => (Some(SslMode::Require), Checked::Nothing),
            Some("require" | "verify-ca") => (Some(SslMode::Require), Checked::Issuer),
            Some("verify-full") => (Some(SslMode::Require), Checked::IssuerAndHost),
            Some(other) => {
                let known = "disable, prefer, require, verify-ca or verify-full";
                return Err(format!("`sslmode` is `{other}`; it can be {known}"));
            }
        };
        let separator = if kept.is_empty() { "" } else { "?" };
        Ok((Self { mode, checked, roots }, format!("{front}{separator}{}", kept.join("&"))))
    }

    /// The connector that encrypts and checks.
    ///
    /// # Errors
    /// When the certificates to trust can't be read, or there are none.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect, String> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let given = match &self.roots {
            Some(path) => certificates(path)?,
            None if self.checked == Checked::Nothing => Vec::new(),
            None => {
                // whom a public authority vouches for is a question of the host's name: it is always checked here
                let _ = CryptoProvider::install_default(aws_lc_rs::default_provider());
                let (connector, _) = MakeRustlsConnect::with_native_certs().map_err(|e| {
                    e.first().map_or_else(|| "this machine trusts no certificates".into(), ToString::to_string)
                })?;
                return Ok(connector);
            }
        };
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(given.iter().cloned());
        let check = ServerCheck { checked: self.checked, roots, given, provider: Arc::clone(&provider) };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| e.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(check))
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }
}

/// The certificates of a PEM file.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let fail = |e: &dyn std::fmt::Display| format!("`sslrootcert`, {}: {e}", path.display());
    let found = CertificateDer::pem_file_iter(path).map_err(|e| fail(&e))?;
    let found = found.collect::<Result<Vec<_>, _>>().map_err(|e| fail(&e))?;
    if found.is_empty() { Err(fail(&"no certificate in PEM is in it")) } else { Ok(found) }
}

/// Checks a server's certificate against those of `sslrootcert`.
#[derive(Debug)]
struct ServerCheck {
    checked: Checked,
    roots: RootCertStore,
    given: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for ServerCheck {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.checked == Checked::Nothing {
            return Ok(ServerCertVerified::assertion());
        }
        let certificate = ParsedCertificate::try_from(end_entity)?;
        // a server's own certificate, signed by nobody else, may be the one that is trusted
        if !self.given.iter().any(|given| given == end_entity) {
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&certificate, &self.roots, intermediates, now, algorithms)?;
        }
        if self.checked == Checked::IssuerAndHost {
            verify_server_name(&certificate, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_those_of_libpq() {
        let of = |query: &str| Encryption::of(&format!("postgres://u@h/d{query}"), Path::new("/base")).unwrap();
        for (query, mode, checked, roots, rest) in [
            ("", None, Checked::IssuerAndHost, None, ""),
            ("?sslmode=disable", Some(SslMode::Disable), Checked::Nothing, None, ""),
            ("?sslmode=prefer&user=a%26b", Some(SslMode::Prefer), Checked::Nothing, None, "?user=a%26b"),
            ("?sslmode=require", Some(SslMode::Require), Checked::Nothing, None, ""),
            ("?sslmode=require&sslrootcert=ca.pem", Some(SslMode::Require), Checked::Issuer, Some("/base/ca.pem"), ""),
            (
                "?sslrootcert=%2Fetc%2Fca.pem&sslmode=verify-ca",
                Some(SslMode::Require),
                Checked::Issuer,
                Some("/etc/ca.pem"),
                "",
            ),
            (
                "?a=1&sslmode=verify-full&sslrootcert=system&b=2",
                Some(SslMode::Require),
                Checked::IssuerAndHost,
                None,
                "?a=1&b=2",
            ),
        ] {
            let expected = Encryption { mode, checked, roots: roots.map(PathBuf::from) };
            assert_eq!(of(query), (expected, format!("postgres://u@h/d{rest}")), "{query}");
        }
        let wrong = Encryption::of("postgres://h/d?sslmode=on", Path::new("")).unwrap_err();
        assert!(wrong.contains("`on`") && wrong.contains("verify-full"), "{wrong}");
    }
}
