//! Scores by their definition, at the edges, and on the inputs that other tools got wrong.

use super::*;
use Direction::{HigherIsBetter, LowerIsBetter};

/// A small generator (Steele, Lea & Flood 2014, `SplitMix64`) for test data.
fn noise(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn random_values(rows: usize, span: u64, seed: u64) -> Vec<i64> {
    let mut state = seed;
    (0..rows).map(|_| (noise(&mut state) % span) as i64 - (span / 4) as i64).collect()
}

/// The rule of the module documentation, word for word, in quadratic time.
fn scores_by_definition(values: &[i64], bins: u8, direction: Direction) -> Vec<u8> {
    let good = |v: i64| if direction == HigherIsBetter { i128::from(v) } else { -i128::from(v) };
    let best = values.iter().map(|&v| good(v)).max();
    values
        .iter()
        .map(|&v| {
            if Some(good(v)) == best {
                return bins;
            }
            let worse = values.iter().filter(|&&w| good(w) < good(v)).count();
            let ties = values.iter().filter(|&&w| w == v).count();
            1 + (usize::from(bins) * (2 * worse + ties) / (2 * values.len())) as u8
        })
        .collect()
}

#[test]
fn scores_follow_the_definition_in_both_directions() {
    for (rows, span) in [(1, 4), (2, 4), (7, 3), (40, 6), (200, 25), (300, 1 << 40)] {
        for bins in BINS {
            for direction in [HigherIsBetter, LowerIsBetter] {
                let values = random_values(rows, span, u64::from(bins) + span);
                let scored = score_quantile("rfm", &values, bins, direction).unwrap();
                assert_eq!(scored.scores, scores_by_definition(&values, bins, direction));
            }
        }
    }
}

#[test]
fn digit_sort_agrees_with_comparison_sort() {
    for span in [1 << 17, 1 << 33, u64::MAX] {
        let mut state = 7;
        let values: Vec<i64> = (0..9_000).map(|_| ((noise(&mut state) % span) as i64).wrapping_sub(1_000)).collect();
        let mut runs = Vec::new();
        ranks::for_each_distinct(&values, |value, below, ties| runs.push((value, below, ties)));
        let mut sorted = values.clone();
        sorted.sort_unstable();
        for (value, below, ties) in runs {
            assert_eq!(sorted.partition_point(|&v| v < value) as u64, below);
            assert_eq!(sorted.partition_point(|&v| v <= value) as u64, below + ties);
        }
    }
}

#[test]
fn more_than_half_bought_once() {
    let orders = [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 3, 6];
    let scored = score_quantile("rfm", &orders, 5, HigherIsBetter).unwrap();
    assert_eq!(scored.scores, [2, 2, 2, 2, 2, 2, 2, 2, 4, 4, 5, 5, 5]);
    let mut reversed = orders;
    reversed.reverse();
    let mut scores = score_quantile("rfm", &reversed, 5, HigherIsBetter).unwrap().scores;
    scores.reverse();
    assert_eq!(scores, scored.scores);
}

#[test]
fn eighty_percent_one_time_buyers() {
    let orders: Vec<i64> = (0..100).map(|i| if i < 80 { 1 } else { 2 + i % 3 }).collect();
    let scored = score_quantile("rfm", &orders, 5, HigherIsBetter).unwrap();
    assert_eq!(scored.counts(), [0, 0, 80, 0, 20]);
    let days: Vec<i64> = orders.iter().map(|o| 400 - o).collect();
    assert_eq!(score_quantile("rfm", &days, 5, LowerIsBetter).unwrap().scores, scored.scores);
}

#[test]
fn recent_is_good_in_every_method() {
    let days = [2, 28, 95, 210, 400];
    let scored = score_quantile("rfm", &days, 5, LowerIsBetter).unwrap();
    assert_eq!(scored.scores, [5, 4, 3, 2, 1]);
    let fixed = CutPoints::fixed("rfm.cuts", &[28, 95, 210, 400], 5, LowerIsBetter).unwrap();
    assert_eq!(fixed.score_all(&days), [5, 4, 3, 2, 1]);
    let nested = score_nested("rfm", &days, &[1; 5], &[100; 5], 5).unwrap();
    assert_eq!(nested.r, [5, 4, 3, 2, 1]);
}

#[test]
fn own_cut_points_reach_the_top() {
    let orders = [1, 2, 3, 4, 5, 6, 8, 11, 20];
    let cuts = CutPoints::fixed("rfm.frequency_cuts", &[2, 4, 6, 11], 5, HigherIsBetter).unwrap();
    assert_eq!(cuts.score_all(&orders), [1, 2, 2, 3, 3, 4, 4, 5, 5]);
    let down = CutPoints::fixed("rfm.recency_cuts", &[2, 4, 6, 11], 5, LowerIsBetter).unwrap();
    assert_eq!(down.score_all(&orders), [5, 4, 4, 3, 3, 2, 2, 1, 1]);
}

#[test]
fn wrong_cut_points_name_the_setting() {
    let order = CutPoints::fixed("rfm.frequency_cuts", &[2, 6, 4, 11], 5, HigherIsBetter);
    let message = order.unwrap_err().to_string();
    assert!(message.contains("rfm.frequency_cuts") && message.contains("4 follows 6"), "{message}");
    let count = CutPoints::fixed("rfm.frequency_cuts", &[2, 4, 6], 5, HigherIsBetter);
    let message = count.unwrap_err().to_string();
    assert!(message.contains("rfm.frequency_cuts") && message.contains("need 4"), "{message}");
    assert!(CutPoints::fixed("c", &[3, 3], 3, HigherIsBetter).is_err());
    assert!(CutPoints::pinned("c", &[3, 3], 3, HigherIsBetter).is_ok());
    assert!(CutPoints::pinned("c", &[4, 3], 3, HigherIsBetter).is_err());
}

#[test]
fn pinned_cut_points_repeat_the_scores_and_cover_unseen_values() {
    for direction in [HigherIsBetter, LowerIsBetter] {
        for bins in BINS {
            let values = random_values(150, 30, 3);
            let scored = score_quantile("rfm", &values, bins, direction).unwrap();
            let pinned = CutPoints::pinned("p", scored.cuts.cuts(), bins, direction).unwrap();
            assert_eq!(pinned, scored.cuts);
            assert_eq!(pinned.score_all(&values), scored.scores);
            let ladder: Vec<i64> = (-200..200).chain([i64::MIN, i64::MAX]).collect();
            for (&value, score) in ladder.iter().zip(pinned.score_all(&ladder)) {
                assert!((1..=bins).contains(&score));
                assert_eq!(pinned.score(value), score);
            }
            let (low, high) = (pinned.score(i64::MIN), pinned.score(i64::MAX));
            let (worst, best) = if direction == HigherIsBetter { (low, high) } else { (high, low) };
            assert_eq!((worst, best), (1, bins));
        }
    }
}

#[test]
fn scores_are_monotone_and_equal_for_equal_values() {
    for direction in [HigherIsBetter, LowerIsBetter] {
        let mut values = random_values(500, 90, 11);
        values.sort_unstable();
        let scored = score_quantile("rfm", &values, 7, direction).unwrap();
        for (pair, scores) in values.windows(2).zip(scored.scores.windows(2)) {
            let rises = scores[0] <= scores[1];
            let falls = scores[0] >= scores[1];
            assert!(if direction == HigherIsBetter { rises } else { falls });
            assert!(pair[0] != pair[1] || scores[0] == scores[1]);
        }
        assert!(scored.scores.contains(&7));
    }
}

#[test]
fn distinct_values_fill_the_bins_equally() {
    let values: Vec<i64> = (0..1_000).collect();
    let scored = score_quantile("rfm", &values, 10, HigherIsBetter).unwrap();
    assert_eq!(scored.counts(), [100; 10]);
}

#[test]
fn edges() {
    assert_eq!(score_quantile("rfm", &[42], 5, LowerIsBetter).unwrap().scores, [5]);
    assert_eq!(score_quantile("rfm", &[3; 9], 4, HigherIsBetter).unwrap().scores, [4; 9]);
    assert_eq!(score_quantile("rfm", &[3; 9], 4, LowerIsBetter).unwrap().scores, [4; 9]);
    let extremes = [i64::MIN, 0, i64::MAX - 1];
    assert_eq!(score_quantile("rfm", &extremes, 3, HigherIsBetter).unwrap().scores, [1, 2, 3]);
    assert_eq!(score_quantile("rfm", &extremes, 3, LowerIsBetter).unwrap().scores, [3, 2, 1]);
    assert!(matches!(score_quantile("rfm", &[], 5, HigherIsBetter), Err(ScoreError::Empty { .. })));
    for bins in [0, 1, 11] {
        let error = score_quantile("rfm.bins", &[1], bins, HigherIsBetter).unwrap_err();
        assert!(error.to_string().contains("2 to 10"), "{error}");
    }
    let error = score_quantile("rfm", &[1, i64::MAX], 5, LowerIsBetter).unwrap_err();
    assert!(matches!(error, ScoreError::TooLarge { .. }));
}

#[test]
fn nested_scores_are_quantiles_within_their_group() {
    let rows = 600;
    let days = random_values(rows, 365, 1);
    let frequency = random_values(rows, 12, 2);
    let monetary = random_values(rows, 90_000, 3);
    let nested = score_nested("rfm", &days, &frequency, &monetary, 5).unwrap();
    for r in 1..=5 {
        let members: Vec<usize> = (0..rows).filter(|&i| nested.r[i] == r).collect();
        let values: Vec<i64> = members.iter().map(|&i| frequency[i]).collect();
        let expected = scores_by_definition(&values, 5, HigherIsBetter);
        assert!(members.iter().zip(expected).all(|(&i, score)| nested.f[i] == score));
        for f in 1..=5 {
            let members: Vec<usize> = members.iter().copied().filter(|&i| nested.f[i] == f).collect();
            let values: Vec<i64> = members.iter().map(|&i| monetary[i]).collect();
            let expected = scores_by_definition(&values, 5, HigherIsBetter);
            assert!(members.iter().zip(expected).all(|(&i, score)| nested.m[i] == score));
        }
    }
    for i in 0..rows {
        let again = nested.cuts.score(days[i], frequency[i], monetary[i]);
        assert_eq!(again, (nested.r[i], nested.f[i], nested.m[i]));
    }
}

#[test]
fn nested_scoring_covers_groups_nobody_was_in() {
    let nested = score_nested("rfm", &[5, 5, 5], &[1, 2, 3], &[10, 20, 30], 5).unwrap();
    assert_eq!(nested.r, [5, 5, 5]);
    let (r, f, m) = nested.cuts.score(900, 3, 30);
    assert_eq!((r, f, m), (1, 5, 5));
    assert!(matches!(
        score_nested("rfm", &[1, 2], &[1], &[1, 2], 5),
        Err(ScoreError::Length { found: 1, expected: 2, .. })
    ));
}
