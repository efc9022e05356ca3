//! Laws and known answers of offers.

use proptest::prelude::*;

use super::*;
use crate::numerics::patterns::Baskets;

fn holdings(customers: &[&[u32]], items: usize) -> Holdings {
    let mut starts = vec![0];
    let mut held = Vec::new();
    for own in customers {
        held.extend_from_slice(own);
        starts.push(held.len());
    }
    Holdings::new(starts, held, items).unwrap()
}

fn near(pairs: &PairCounts, most: usize) -> Neighbours {
    nearest(pairs, Similarity::Cosine, 0.0, most).unwrap()
}

fn regression(pairs: &PairCounts, penalty: f64, most: usize) -> Regression {
    item_regressions(pairs, &near(pairs, most), &[penalty]).unwrap().remove(0)
}

fn top(model: &Model, offerable: &[bool], held: &[u32], most: usize) -> Vec<u32> {
    let ranker = Ranker::new(model, offerable, None);
    let offers = ranker.top(Wish { held, again: &[] }, most, &mut Workspace::default());
    offers.into_iter().map(|offer| offer.item).collect()
}

fn close(got: f64, want: f64) {
    assert!((got - want).abs() < 1e-12, "{got} against {want}");
}

/// Six shoppers: bread with butter, tea with lemon, and one of everything.
fn shop() -> Holdings {
    holdings(&[&[0, 1], &[0, 1], &[0, 1, 4], &[2, 3], &[2, 3], &[0, 1, 2, 3]], 5)
}

#[test]
fn holdings_are_checked() {
    assert_eq!(Holdings::new(vec![0, 3], vec![1, 2], 5), Err(RecommendError::Offsets { end: 2 }));
    for items in [vec![2, 1], vec![1, 1], vec![1, 5]] {
        assert_eq!(Holdings::new(vec![0, 0, 2], items, 5), Err(RecommendError::Items { customer: 1, items: 5 }));
    }
    let none = Holdings::new(Vec::new(), Vec::new(), 0).unwrap();
    assert!(none.is_empty() && none.customers() == 0 && none.holders() == 0);
    assert_eq!(shop().buyers(), [4, 4, 3, 3, 1]);
}

#[test]
fn pairs_are_counted_exactly_and_by_an_even_part_when_too_many() {
    let pairs = count_pairs(&shop(), MOST_PAIRS).unwrap();
    assert_eq!((pairs.both(0, 1), pairs.both(1, 0), pairs.both(2, 3), pairs.both(0, 2)), (4, 4, 3, 1));
    assert_eq!((pairs.both(4, 0), pairs.both(3, 4), pairs.customers(), pairs.stride()), (1, 0, 6, 1));
    close(pairs.share(2, 0), 1.0 / 3.0);
    let part = count_pairs(&shop(), 8).unwrap();
    assert_eq!((part.stride(), part.customers(), part.both(0, 1)), (3, 2, 1), "customers 0 and 3");
}

#[test]
fn more_items_than_pairs_can_be_counted_for_are_refused() {
    let many = Holdings::new(vec![0], Vec::new(), MOST_ITEMS + 1).unwrap();
    assert!(matches!(count_pairs(&many, 1), Err(RecommendError::TooManyItems { .. })));
}

#[test]
fn similarities_are_those_of_the_formulas() {
    let pairs = count_pairs(&shop(), MOST_PAIRS).unwrap();
    close(Similarity::Cosine.of(&pairs, 0, 2, 0.0), 1.0 / 12_f64.sqrt());
    close(Similarity::Jaccard.of(&pairs, 0, 2, 0.0), 1.0 / 6.0);
    close(Similarity::Lift.of(&pairs, 2, 3, 0.0), 3.0 * 6.0 / 9.0);
    close(Similarity::Lift.of(&pairs, 2, 3, 1.0), 2.0 * 0.75);
    close(Similarity::Cosine.of(&pairs, 3, 4, 0.0), 0.0);
}

/// More than a block of items in a ring: each one's neighbours stand beside it, ties by number.
#[test]
fn neighbours_are_the_most_similar_over_all_blocks() {
    let customers = (0..200_u32).map(|item| vec![item, (item + 1) % 200]).map(|mut own| {
        own.sort_unstable();
        own
    });
    let customers = customers.collect::<Vec<_>>();
    let ring = holdings(&customers.iter().map(Vec::as_slice).collect::<Vec<_>>(), 200);
    let pairs = count_pairs(&ring, MOST_PAIRS).unwrap();
    let found = near(&pairs, 1);
    for item in 0..200_u32 {
        let beside = [(item + 199) % 200, (item + 1) % 200];
        let first = found.of[item as usize].iter().map(|(other, _)| *other).collect::<Vec<_>>();
        assert_eq!(first, [beside[0].min(beside[1])], "{item}");
    }
    assert!(near(&pairs, 0).of.iter().all(Vec::is_empty));
}

#[test]
fn what_goes_together_is_offered_and_popularity_fills_up() {
    let pairs = count_pairs(&shop(), MOST_PAIRS).unwrap();
    let all = [true; 5];
    let model = item_to_item(&pairs, &near(&pairs, 3));
    assert_eq!(top(&model, &all, &[2], 5), [3, 0, 1, 4]);
    assert_eq!(top(&model, &all, &[], 3), [0, 1, 2], "popularity, ties by item");
    let model = regression(&pairs, 0.1, 3);
    assert_eq!(model.unsolved, 0);
    assert_eq!(top(&model.model, &all, &[2], 1), [3]);
    assert_eq!(top(&model.model, &all, &[0], 1), [1]);
    let (model, min_count) = co_purchase_rules(
        &Baskets::new(&[0, 1, 0, 1, 2, 3, 2, 3, 0, 2], &[0, 2, 4, 6, 8, 10]).unwrap(),
        popularity(&shop()).base(),
        RuleSearch { min_count: 2, most: 100, neighbours: 5 },
    )
    .unwrap();
    assert_eq!(min_count, 2);
    assert_eq!(top(&model, &all, &[3], 2), [2, 0], "the rule, then what is popular");
}

/// Of two items, one regressed on the other: the slope of ridge regression on centred columns.
#[test]
fn the_regression_of_two_items_is_the_formula() {
    let pairs = count_pairs(&holdings(&[&[0, 1], &[0, 1], &[0], &[1], &[0, 1]], 2), MOST_PAIRS).unwrap();
    let found = regression(&pairs, 2.0, 5);
    // n = 5, a = b = 4, c = 3: covariance sum 3 − 16/5, variance sum 4 − 16/5
    let slope = (3.0 - 3.2) / (4.0 - 3.2 + 2.0);
    let got = found.model.speaks_for(1).collect::<Vec<_>>();
    assert_eq!(got.len(), 1);
    close(got[0].1, slope);
    close(found.model.base()[0], 0.8 - slope * 0.8);
}

#[test]
fn a_heavy_penalty_leaves_popularity() {
    let pairs = count_pairs(&shop(), MOST_PAIRS).unwrap();
    let heavy = regression(&pairs, 1e9, 3).model;
    for (got, want) in heavy.base().iter().zip(popularity(&shop()).base()) {
        assert!((got - want).abs() < 1e-6);
    }
    for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(item_regressions(&pairs, &near(&pairs, 3), &[1.0, wrong]).is_err());
    }
    assert!(nearest(&pairs, Similarity::Cosine, -1.0, 3).is_err());
    let other = count_pairs(&holdings(&[&[0]], 1), MOST_PAIRS).unwrap();
    assert!(item_regressions(&other, &near(&pairs, 3), &[1.0]).is_err());
}

#[test]
fn recent_purchases_count_more() {
    let shop = holdings(&[&[0], &[0], &[1]], 2);
    let model = recent_popularity(&shop, &[180, 90, 0], 90.0).unwrap();
    close(model.base()[0], 0.75 / 3.0);
    close(model.base()[1], 1.0 / 3.0);
    assert!(recent_popularity(&shop, &[1], 90.0).is_err());
    assert!(recent_popularity(&shop, &[0, 0, 0], 0.0).is_err());
}

#[test]
fn values_weigh_relevance_and_losses_come_last() {
    let model = Model::of_base(vec![0.5, 0.4, 0.3, -0.1]);
    let values = [1.0, 2.0, -1.0, 100.0];
    let ranker = Ranker::new(&model, &[true; 4], Some(&values));
    let offers = ranker.top(Wish::default(), 4, &mut Workspace::default());
    assert_eq!(offers.iter().map(|offer| offer.item).collect::<Vec<_>>(), [1, 0, 3, 2]);
    close(offers[0].score, 0.8);
    close(offers[0].relevance, 0.4);
    close(offers[2].score, 0.0);
}

#[test]
fn what_is_used_up_may_be_offered_again() {
    let pairs = count_pairs(&shop(), MOST_PAIRS).unwrap();
    let model = item_to_item(&pairs, &near(&pairs, 3));
    let ranker = Ranker::new(&model, &[true; 5], None);
    let wish = Wish { held: &[0, 1, 2, 3], again: &[(2, 9.0)] };
    let offers = ranker.top(wish, 5, &mut Workspace::default());
    assert_eq!(offers.iter().map(|offer| offer.item).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(offers[0].because, Some(2));
}

/// Owned, withdrawn and unknown items never come; the list is never filled up; equal scores by item.
#[test]
fn given_scores_are_ranked_within_what_may_be_offered() {
    let offerable = [true, true, false, true, true];
    let scores = [(4, 0.5), (0, 0.9), (2, 0.8), (3, 0.5), (9, 0.7), (1, f64::NAN)];
    assert_eq!(rank_scores(&scores, &offerable, &[0], 2), (vec![(3, 0.5), (4, 0.5)], vec![9]));
    assert_eq!(rank_scores(&scores, &offerable, &[0, 3, 4], 2), (Vec::new(), vec![9]));
    assert_eq!(rank_scores(&scores, &offerable, &[], 0).0, []);
    assert_eq!(rank_scores(&[], &offerable, &[], 3), (Vec::new(), Vec::new()));
}

#[test]
fn ndcg_is_that_of_the_formula() {
    close(ndcg(&[true, false, true], 2, 3), (1.0 + 0.5) / (1.0 + 1.0 / 3_f64.log2()));
    close(ndcg(&[false, false], 3, 2), 0.0);
    close(ndcg(&[true], 9, 1), 1.0);
    close(ndcg(&[false, true], 1, 1), 0.0);
    close(ndcg(&[], 0, 3), 0.0);
}

#[test]
fn skill_counts_hits_and_holds_models_against_each_other() {
    let trial = |bought: &[Option<f64>]| Trial { bought: bought.to_vec(), relevant: 1 };
    let ours = [trial(&[Some(4.0), None]), trial(&[None, None]), trial(&[None, Some(2.0)]), trial(&[])];
    let theirs = [trial(&[None]), trial(&[None]), trial(&[None]), trial(&[None])];
    let found = measure(&ours, Some(&theirs), 2);
    close(found.hit_rate.unwrap().share, 0.5);
    close(found.ndcg, (1.0 + 1.0 / 3_f64.log2()) / 4.0);
    close(found.value, 1.5);
    close(found.gain.unwrap()[0], found.ndcg);
    close(measure(&ours, None, 1).hit_rate.unwrap().share, 0.25);
    let none = measure(&[], None, 3);
    assert_eq!((none.hit_rate, none.customers), (None, 0));
    close(none.ndcg, 0.0);
}

fn customers() -> impl Strategy<Value = Vec<Vec<u32>>> {
    prop::collection::vec(prop::collection::btree_set(0_u32..12, 0..8), 1..30)
        .prop_map(|all| all.into_iter().map(|own| own.into_iter().collect()).collect())
}

fn of(customers: &[Vec<u32>]) -> Holdings {
    holdings(&customers.iter().map(Vec::as_slice).collect::<Vec<_>>(), 12)
}

proptest! {
    /// The ranking equals that of all items scored one by one, for every model.
    #[test]
    fn rankings_are_those_of_scoring_everything(
        all in customers(), offerable in prop::collection::vec(any::<bool>(), 12), most in 0_usize..14,
    ) {
        let given = of(&all);
        let pairs = count_pairs(&given, MOST_PAIRS).unwrap();
        let models = [
            popularity(&given),
            item_to_item(&pairs, &near(&pairs, 4)),
            regression(&pairs, 2.0, 4).model,
        ];
        for model in &models {
            for own in &all {
                let mut scores = model.base().to_vec();
                for held in own {
                    model.speaks_for(*held).for_each(|(item, weight)| scores[item as usize] += weight);
                }
                let scale = (1_u64 << 40) as f64;
                let scored = (0_u32..12).map(|item| (item, (scores[item as usize] * scale).round() / scale));
                let expected = rank_scores(&scored.collect::<Vec<_>>(), &offerable, own, most).0;
                let expected = expected.into_iter().map(|(item, _)| item).collect::<Vec<_>>();
                let found = top(model, &offerable, own, most);
                prop_assert!(found.len() <= most);
                prop_assert!(found.iter().all(|item| offerable[*item as usize] && !own.contains(item)));
                prop_assert_eq!(found, expected);
            }
        }
    }

    /// The order of customers changes nothing.
    #[test]
    fn models_do_not_depend_on_the_order_of_customers(all in customers()) {
        let reversed = all.iter().rev().cloned().collect::<Vec<_>>();
        let fit = |all: &[Vec<u32>]| {
            let pairs = count_pairs(&of(all), MOST_PAIRS).unwrap();
            (item_to_item(&pairs, &near(&pairs, 4)), regression(&pairs, 2.0, 4))
        };
        prop_assert_eq!(fit(&all), fit(&reversed));
    }
}
