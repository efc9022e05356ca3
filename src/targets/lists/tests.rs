//! Control groups.

use super::is_control;

fn group(pipeline: &str, target: &str, share: f64) -> Vec<usize> {
    (0..20_000).filter(|n| is_control(pipeline, target, &n.to_string(), share)).collect()
}

#[test]
fn the_share_is_kept_and_larger_shares_hold_smaller_ones() {
    let small = group("nightly", "win_back", 0.1);
    let large = group("nightly", "win_back", 0.25);
    // four standard deviations of a binomial of 20,000
    assert!(small.len().abs_diff(2_000) < 170, "{}", small.len());
    assert!(small.iter().all(|n| large.contains(n)));
    assert_eq!(group("nightly", "win_back", 0.0), Vec::<usize>::new());
    assert_eq!(group("nightly", "win_back", 1.0).len(), 20_000);
}

#[test]
fn lists_and_pipelines_draw_independently() {
    let a = group("nightly", "win_back", 0.5);
    for other in [group("nightly", "thank_you", 0.5), group("weekly", "win_back", 0.5)] {
        let both = a.iter().filter(|n| other.binary_search(n).is_ok()).count();
        assert!(both.abs_diff(5_000) < 250, "{both}");
    }
}

/// Names that run together must not draw the same numbers.
#[test]
fn names_do_not_run_together() {
    let a = (0..64).map(|n| is_control("ab", "c", &n.to_string(), 0.5)).collect::<Vec<_>>();
    let b = (0..64).map(|n| is_control("a", "bc", &n.to_string(), 0.5)).collect::<Vec<_>>();
    assert_ne!(a, b);
}
