//! Control groups by salted hash: the same on every rerun, independent between lists.

use sha2::{Digest, Sha256};

/// Whether a customer of a list belongs to its control group.
///
/// The first eight bytes of SHA-256 over pipeline, list and customer, as a fraction of 2⁶⁴, are held against
/// `share`; so a larger share keeps everyone who was in the smaller one.
pub fn is_control(pipeline: &str, target: &str, customer_id: &str, share: f64) -> bool {
    let mut hasher = Sha256::new();
    for part in [pipeline, target, customer_id] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let mut head = [0_u8; 8];
    head.copy_from_slice(&digest[..8]);
    // 2⁻⁶⁴, exactly
    const UNIT: f64 = 1.0 / 18_446_744_073_709_551_616.0;
    u64::from_be_bytes(head) as f64 * UNIT < share
}
