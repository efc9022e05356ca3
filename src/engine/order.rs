//! Which analyses can run at the same time.

use crate::stage::{Analysis, CUSTOMER_TABLES};

/// The analyses in waves: each reads only tables of earlier waves, so those of one wave are independent.
pub(super) fn waves(analyses: &[&dyn Analysis]) -> Vec<Vec<usize>> {
    let maker = |table: &str| analyses.iter().position(|a| a.makes().iter().any(|t| t.name == table));
    let mut wave_of = vec![0; analyses.len()];
    for (number, analysis) in analyses.iter().enumerate() {
        let named = analysis.reads().iter().filter_map(|table| maker(table)).filter(|m| *m < number);
        let reads_all = analysis.reads().contains(&CUSTOMER_TABLES);
        let makes_customers = |m: &usize| analyses[*m].makes().iter().any(|t| t.is_per_customer());
        let needed = named.chain((0..number).filter(|m| reads_all && makes_customers(m)));
        wave_of[number] = needed.map(|m| wave_of[m] + 1).max().unwrap_or(0);
    }
    let last = wave_of.iter().copied().max().unwrap_or(0);
    (0..=last).map(|wave| (0..analyses.len()).filter(|n| wave_of[*n] == wave).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::ANALYSES;

    #[test]
    fn every_analysis_runs_once_and_after_what_it_reads() {
        let waves = waves(ANALYSES);
        let mut order: Vec<usize> = waves.iter().flatten().copied().collect();
        let mut made: Vec<&str> = crate::stage::INPUTS.to_vec();
        for wave in &waves {
            for number in wave {
                assert!(ANALYSES[*number].reads().iter().all(|table| made.contains(table)));
            }
            made.extend(wave.iter().flat_map(|n| ANALYSES[*n].makes().iter().map(|t| t.name)));
        }
        let place = |name: &str| {
            let wave_of = |n: &usize| ANALYSES[*n].name() == name;
            waves.iter().position(|wave| wave.iter().any(wave_of)).expect("it runs")
        };
        assert!(place("segments") > place("satisfaction") && place("segments") > place("knowledge"));
        order.sort_unstable();
        assert_eq!(order, (0..ANALYSES.len()).collect::<Vec<_>>());
    }
}
