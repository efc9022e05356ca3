//! The parts that need no pipeline.

use super::learn::splits;

#[test]
fn the_newest_cut_is_the_test_and_customers_do_not_straddle() {
    let cuts = (0..60).map(|row| (row / 20) as u8).collect::<Vec<_>>();
    let hashes = (0..60).map(|row| row % 20).collect::<Vec<u64>>();
    let outcomes = (0..60).map(|row| row % 3 == 0).collect::<Vec<_>>();
    let (found, is_out_of_time) = splits(&outcomes, &cuts, &hashes);
    assert!(is_out_of_time && found.len() == 1);
    assert_eq!(found[0].test, (0..20).collect::<Vec<_>>());
    let customers = |rows: &[usize]| rows.iter().map(|row| hashes[*row]).collect::<std::collections::BTreeSet<_>>();
    assert!(customers(&found[0].train).is_disjoint(&customers(&found[0].calibrate)));
    assert_eq!(found[0].train.len() + found[0].calibrate.len(), 40);
}

#[test]
fn without_time_every_row_is_tested_once_and_the_folds_have_the_same_share() {
    let hashes = (0..103).map(|row: u64| row.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect::<Vec<_>>();
    let outcomes = (0..103).map(|row| row % 4 == 0).collect::<Vec<_>>();
    let (found, is_out_of_time) = splits(&outcomes, &[0; 103], &hashes);
    assert!(!is_out_of_time);
    let mut tested = found.iter().flat_map(|split| split.test.clone()).collect::<Vec<_>>();
    tested.sort_unstable();
    assert_eq!(tested, (0..103).collect::<Vec<_>>());
    for split in &found {
        let positives = split.test.iter().filter(|row| outcomes[**row]).count();
        assert!((5..=6).contains(&positives), "{positives}");
        assert_eq!(split.train.len() + split.calibrate.len() + split.test.len(), 103);
        assert!(split.test.iter().all(|row| !split.train.contains(row) && !split.calibrate.contains(row)));
    }
}
