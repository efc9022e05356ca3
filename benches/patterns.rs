//! Baskets and sequences beside mlxtend's FP-growth and PrefixSpan-py (when they are installed), as ratios from one run on
//! the same data.
//!
//! `cargo bench --bench patterns`

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use acrm::numerics::patterns::{
    Baskets, Gaps, ItemsetOptions, SequenceOptions, Sequences, frequent_itemsets, frequent_sequences,
};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

const CUSTOMERS: usize = 20_000;
const ITEMS: u32 = 150;
const ROUNDS: usize = 3;
const MIN_SHARE: f64 = 0.01;

/// Days of customers, each with a few items, the first numbers the most popular.
struct Shop {
    items: Vec<u32>,
    days: Vec<u32>,
    customers: Vec<u32>,
}

impl Shop {
    fn new(seed: u64) -> Self {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let mut shop = Self { items: Vec::new(), days: vec![0], customers: vec![0] };
        for _ in 0..CUSTOMERS {
            for _ in 0..1 + (uniform() * 12.0) as usize {
                let start = shop.items.len();
                for _ in 0..1 + (uniform() * 6.0) as usize {
                    shop.items.push((uniform().powi(2) * f64::from(ITEMS)) as u32);
                }
                shop.items[start..].sort_unstable();
                let mut own = shop.items.split_off(start);
                own.dedup();
                shop.items.append(&mut own);
                shop.days.push(shop.items.len() as u32);
            }
            shop.customers.push(shop.days.len() as u32 - 1);
        }
        shop
    }

    /// One line a customer, days separated by `;`, items by blanks.
    fn write(&self, path: &Path) -> std::io::Result<()> {
        let day = |d: u32| {
            let own = self.days[d as usize] as usize..self.days[d as usize + 1] as usize;
            self.items[own].iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
        };
        let lines = self.customers.windows(2).map(|w| (w[0]..w[1]).map(day).collect::<Vec<_>>().join(";"));
        std::fs::write(path, lines.collect::<Vec<_>>().join("\n"))
    }
}

/// Median seconds of a task, and the number it gives.
fn seconds(mut task: impl FnMut() -> usize) -> (f64, usize) {
    let mut found = 0;
    let mut rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        found = task();
        start.elapsed().as_secs_f64()
    });
    let mut rounds = rounds.by_ref().collect::<Vec<_>>();
    rounds.sort_by(f64::total_cmp);
    (rounds[ROUNDS / 2], found)
}

/// Seconds and number of patterns of a peer, or nothing when it isn't installed.
fn peer(which: &str, data: &Path) -> Option<(f64, usize)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/pattern_peers.py");
    let out = Command::new("python3").arg(script).arg(which).arg(data).arg(MIN_SHARE.to_string()).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    let mut fields = text.split_whitespace();
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn report(name: &str, (own, found): (f64, usize), peer: Option<(f64, usize)>) {
    match peer {
        None => println!("{name}: {own:.3} s, {found} patterns; its peer is not installed"),
        Some((seconds, theirs)) => {
            assert_eq!(found, theirs, "{name}: the peer finds another number of patterns");
            println!("{name}: {own:.3} s, {found} patterns; peer {seconds:.3} s, {:.0}x", seconds / own);
        }
    }
}

fn main() {
    let shop = Shop::new(7);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("shop.txt");
    shop.write(&data).expect("written");
    let orders = shop.days.len() - 1;
    let baskets = Baskets::new(&shop.items, &shop.days).expect("valid baskets");
    let options =
        ItemsetOptions { min_count: (orders as f64 * MIN_SHARE).ceil() as u32, max_length: 4, most: 10_000_000 };
    let sets = seconds(|| frequent_itemsets(&baskets, &options).map_or(0, |found| found.sets().len()));
    report("itemsets, FP-growth (mlxtend)", sets, peer("mlxtend", &data));
    // PrefixSpan-py takes one item a step: the first of each day
    let first = shop.days[..orders].iter().map(|start| shop.items[*start as usize]).collect::<Vec<_>>();
    let single = (0..=orders as u32).collect::<Vec<_>>();
    let days = (0..orders as i32).collect::<Vec<_>>();
    let sequences = Sequences::new(&first, &single, &shop.customers, &days).expect("valid sequences");
    let options = SequenceOptions {
        min_customers: (CUSTOMERS as f64 * MIN_SHARE).ceil() as u32,
        max_elements: 3,
        max_items: 3,
        gaps: Gaps::default(),
        median_gaps: false,
        most: 10_000_000,
    };
    let found = seconds(|| frequent_sequences(&sequences, &options).map_or(0, |found| found.len()));
    report("sequences, PrefixSpan (PrefixSpan-py)", found, peer("prefixspan", &data));
}
