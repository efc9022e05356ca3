//! One customer's lines to one row.

use super::one::{FoldRules, Folded, Workspace};
use crate::clean::{Extra, Line, NO_MARGIN, ZeroAmount};

const DAY: i32 = 1440;

pub(super) fn rules() -> FoldRules<'static> {
    FoldRules {
        zero_amount: ZeroAmount::Exclude,
        merge_duplicates: false,
        has_money: true,
        category_ranks: &[],
        channel_ranks: &[],
        store_ranks: &[],
        brand_of: &[],
    }
}

pub(super) fn line(day: i32, order: u64, units: i64) -> Line {
    Line { customer: 1, order, amount: units * 10_000, minute: day * DAY + 600, has_order: order > 0 }
}

fn extra(original: u64) -> Extra {
    Extra {
        original,
        margin: NO_MARGIN,
        identity: 0,
        channel: u32::MAX,
        category: u32::MAX,
        product: u32::MAX,
        store: u32::MAX,
        ..Extra::default()
    }
}

fn fold(lines: &[Line], extras: &[Extra], rules: FoldRules<'_>) -> Folded {
    let forwards = Workspace::default().fold(lines, extras, &mut (0..lines.len() as u32).collect(), rules);
    let backwards = Workspace::default().fold(lines, extras, &mut (0..lines.len() as u32).rev().collect(), rules);
    assert_eq!(forwards, backwards, "the order of rows matters");
    forwards
}

#[test]
fn lines_of_one_id_are_one_order_even_apart_in_time() {
    let folded = fold(&[line(0, 7, 10), line(3, 8, 5), line(5, 7, 20)], &[], rules());
    assert_eq!((folded.orders, folded.purchase_days, folded.spend_net), (2, 2, 350_000));
    assert_eq!((folded.first_purchase, folded.last_purchase), (0, 3));
}

#[test]
fn without_ids_every_line_is_an_order() {
    let folded = fold(&[line(0, 0, 10), line(0, 0, 10), line(2, 0, 4)], &[], rules());
    assert_eq!((folded.orders, folded.purchase_days, folded.repeat_spend), (3, 2, 40_000));
}

#[test]
fn a_plain_refund_moves_money_and_no_day() {
    let folded = fold(&[line(0, 1, 10), line(9, 2, -4)], &[], rules());
    assert_eq!((folded.orders, folded.last_purchase, folded.spend_net, folded.refunds), (1, 0, 60_000, 40_000));
}

#[test]
fn a_named_refund_cancels_its_order() {
    let lines = [line(0, 1, 10), line(5, 2, 20), line(9, 3, -20)];
    let folded = fold(&lines, &[extra(0), extra(0), extra(2)], rules());
    assert_eq!((folded.orders, folded.last_purchase, folded.zero_orders), (1, 0, 0));
    assert_eq!((folded.spend_net, folded.refunds), (100_000, 200_000));
}

#[test]
fn a_day_that_nets_to_nothing_is_no_purchase_day() {
    let folded = fold(&[line(0, 1, 20), line(18, 2, 30), line(18, 3, -30), line(49, 4, 40)], &[], rules());
    assert_eq!((folded.orders, folded.purchase_days), (3, 2));
    assert_eq!((folded.first_day, folded.last_day, folded.repeat_spend), (0, 49, 400_000));
}

#[test]
fn orders_of_amount_zero_count_when_asked_to() {
    let lines = [line(0, 1, 10), line(5, 2, 0)];
    let left_out = fold(&lines, &[], rules());
    assert_eq!((left_out.orders, left_out.zero_orders, left_out.last_purchase), (1, 1, 0));
    let counted = fold(&lines, &[], FoldRules { zero_amount: ZeroAmount::Purchase, ..rules() });
    assert_eq!((counted.orders, counted.purchase_days, counted.last_purchase), (2, 2, 5));
}

#[test]
fn sums_past_the_range_are_noticed() {
    let large = i64::MAX / 10_000 - 1;
    assert!(fold(&[line(0, 1, large), line(1, 2, large)], &[], rules()).overflow);
    assert!(!fold(&[line(0, 1, large)], &[], rules()).overflow);
}
