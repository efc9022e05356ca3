//! Control groups by salted hash: the same on every rerun, independent between lists.

use sha2::{Digest, Sha256};

/// Stands for a list in the draw of the global holdout; no list can be called so.
const GLOBAL_HOLDOUT: &str = "(global holdout)";

/// The first eight bytes of SHA-256 over pipeline, list and customer, as a fraction of 2⁶⁴.
pub(super) fn draw(pipeline: &str, target: &str, customer_id: &str) -> f64 {
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
    u64::from_be_bytes(head) as f64 * UNIT
}

/// Whether a customer of a list belongs to its control group.
///
/// The draw is held against `share`; so a larger share keeps everyone who was in the smaller one.
pub fn is_control(pipeline: &str, target: &str, customer_id: &str, share: f64) -> bool {
    draw(pipeline, target, customer_id) < share
}

/// Whether a customer belongs to the global holdout, whom no list contacts.
pub fn is_held_out(pipeline: &str, customer_id: &str, share: f64) -> bool {
    share > 0.0 && draw(pipeline, GLOBAL_HOLDOUT, customer_id) < share
}

/// How many of a stratum's customers are its control group.
pub(super) fn quota(customers: usize, share: f64) -> usize {
    (customers as f64 * share).round() as usize
}

/// Which members of the strata are control: in each stratum those with the smallest draws, as many as the share asks
/// for. `strata` and `draws` stand by member. A member who comes or goes changes the arm of one other at most.
pub(super) fn stratified(strata: &[u32], draws: &[f64], share: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..strata.len()).collect();
    order.sort_by(|a, b| strata[*a].cmp(&strata[*b]).then(draws[*a].total_cmp(&draws[*b])));
    let mut control = vec![false; strata.len()];
    for stratum in order.chunk_by(|a, b| strata[*a] == strata[*b]) {
        stratum.iter().take(quota(stratum.len(), share)).for_each(|member| control[*member] = true);
    }
    control
}
