//! The stages on a synthetic retailer of 20,000 customers, written once outside the loops.
//!
//! Absolute times mean little on a shared machine; `benches/README.md` says how to compare with other tools in one run.

use std::hint::black_box;
use std::path::Path;

use acrm::engine::{NoProgress, PlanRequest, plan, run};
use acrm::numerics::btyd::{Histories, SpendTable, fit_bg_nbd, fit_gamma_gamma};
use acrm::numerics::clusters::{ClusterOptions, Feature, KSelection, cluster_customers};
use acrm::numerics::scores::{Direction, score_quantile};
use acrm::synth::{SynthOptions, write};
use acrm::table::Tables;
use criterion::{Criterion, criterion_group, criterion_main};

const CUSTOMERS: u64 = 20_000;

/// Runs the pipeline of a synthetic shop and gives its tables.
fn run_shop(folder: &Path) -> Tables {
    let path = folder.join("pipeline.toml");
    let request = PlanRequest { path: &path, as_of: None, out: None, today: || 0, colour: false };
    let plan = plan(&request).expect("the synthetic pipeline is right");
    run(&plan, &|_| String::new(), &NoProgress).expect("the synthetic shop runs").tables
}

fn stages(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(&SynthOptions::new(CUSTOMERS, folder.path()), &|_, _, _| {}).expect("a synthetic shop");
    let tables = run_shop(folder.path());
    let history = tables.get("purchase_history").expect("made by every run");
    let days = |name: &str| -> Vec<u32> {
        history.integers(name).expect("a column").values().iter().map(|v| *v as u32).collect()
    };
    let (x, t_x, tenure) = (days("x"), days("t_x"), days("tenure_days"));
    let repeat = history.integers("repeat_spend").expect("a column");
    let spend: Vec<f64> = repeat.values().iter().zip(&x).map(|(m, x)| *m as f64 / 1e4 / f64::from(*x)).collect();
    let money: Vec<i64> = history.integers("value_to_date").expect("a column").values().to_vec();

    let mut group = criterion.benchmark_group(format!("{CUSTOMERS} customers"));
    group.sample_size(10);
    group.bench_function("whole run", |b| b.iter(|| black_box(run_shop(folder.path()))));
    group.bench_function("fit BG/NBD", |b| {
        b.iter(|| fit_bg_nbd(&Histories::from_days(&x, &t_x, &tenure).expect("valid histories")));
    });
    group.bench_function("fit Gamma-Gamma", |b| b.iter(|| fit_gamma_gamma(&SpendTable::new(&x, &spend))));
    group.bench_function("score money in fifths", |b| {
        b.iter(|| score_quantile("bench", black_box(&money), 5, Direction::HigherIsBetter));
    });
    let as_reals = |values: &[u32]| values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>();
    let columns = [as_reals(&x), as_reals(&t_x), as_reals(&tenure)];
    let features =
        [Feature::new("x", &columns[0]), Feature::new("t_x", &columns[1]), Feature::new("tenure_days", &columns[2])];
    let options = ClusterOptions { k: KSelection::Fixed(8), ..ClusterOptions::default() };
    group.bench_function("k-means, k = 8", |b| b.iter(|| cluster_customers(&features, &options)));
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
