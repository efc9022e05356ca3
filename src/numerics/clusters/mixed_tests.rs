//! Clusterings by features and category columns.

use super::points::draw;
use super::*;

const CHANNELS: [&str; 3] = ["web", "shop", "app"];

/// Two numbers that say little and a channel that goes with the second.
fn shop(rows: u64) -> (Vec<f64>, Vec<f64>, Vec<i32>, Vec<String>) {
    let unit = |seed, i| (draw(seed, i) >> 11) as f64 / (1_u64 << 53) as f64;
    let orders =
        (0..rows).map(|i| if i.is_multiple_of(3) { 20.0 + 5.0 * unit(1, i) } else { 1.0 + unit(1, i) }).collect();
    let days = (0..rows).map(|i| 100.0 * unit(2, i)).collect();
    let channel = (0..rows).map(|i| if i.is_multiple_of(3) { 0 } else { 1 + i32::from(i.is_multiple_of(2)) }).collect();
    (orders, days, channel, CHANNELS.map(str::to_owned).to_vec())
}

fn fixed(k: usize) -> ClusterOptions<'static> {
    ClusterOptions { k: KSelection::Fixed(k), ..ClusterOptions::default() }
}

#[test]
fn categories_part_clusters_and_name_them() {
    let (orders, days, codes, levels) = shop(600);
    let features = [Feature::new("orders", &orders), Feature::new("days_since_last", &days)];
    let channel = Category { name: "channel", codes: &codes, levels: &levels };
    let clustering = cluster_mixed(&features, &[channel], &fixed(3)).unwrap();
    for (row, &code) in codes.iter().enumerate() {
        let other = codes.iter().position(|&c| c == code).unwrap();
        assert_eq!(clustering.placement.clusters[row], clustering.placement.clusters[other], "row {row}");
    }
    let first = &clustering.profiles[0];
    assert_eq!(first.name, "Web, many orders");
    let web = &first.over_represented()[0];
    assert_eq!((web.category.as_str(), web.level.as_str(), web.share), ("channel", "web", 1.0));
    assert!((web.lift - 3.0).abs() < 1e-12 && (web.deviation - 2.0_f64.sqrt()).abs() < 1e-12);
    for profile in &clustering.profiles {
        assert!((profile.levels.iter().map(|level| level.share).sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_category_weighs_as_much_as_a_feature() {
    let (orders, days, codes, levels) = shop(600);
    let features = [Feature::new("orders", &orders), Feature::new("days_since_last", &days)];
    let channel = Category { name: "channel", codes: &codes, levels: &levels };
    let one = cluster_mixed(&features, &[channel], &fixed(1)).unwrap();
    assert!((one.inertia / 600.0 - 3.0).abs() < 1e-9, "three columns of variance 1");
}

#[test]
fn pinned_codings_place_the_same_customers_alike() {
    let (orders, days, codes, levels) = shop(300);
    let features = [Feature::new("orders", &orders), Feature::new("days_since_last", &days)];
    let channel = Category { name: "channel", codes: &codes, levels: &levels };
    let fitted = cluster_mixed(&features, &[channel], &fixed(3)).unwrap();
    let turned = [features[1], features[0]];
    assert_eq!(fitted.fitted.assign_mixed(&turned, &[channel]).unwrap(), fitted.placement);
    // Levels are found by name; another night may list them in another order.
    let other_levels = ["app", "new", "shop", "web"].map(str::to_owned);
    let other_codes: Vec<i32> = codes.iter().map(|&code| [3, 2, 0][code as usize]).collect();
    let other = Category { name: "channel", codes: &other_codes, levels: &other_levels };
    assert_eq!(fitted.fitted.assign_mixed(&features, &[other]).unwrap(), fitted.placement);
    let unseen = vec![1; 300];
    let placed = fitted.fitted.assign_mixed(&features, &[Category { codes: &unseen, ..other }]).unwrap();
    assert!(placed.clusters.iter().all(Option::is_some));
    let error = fitted.fitted.assign(&features).unwrap_err();
    assert!(matches!(error, ClusterError::UnknownColumn { .. }));
}

#[test]
fn no_categories_change_nothing() {
    let (orders, days, _, _) = shop(300);
    let features = [Feature::new("orders", &orders), Feature::new("days_since_last", &days)];
    let plain = cluster_customers(&features, &fixed(3)).unwrap();
    assert_eq!(plain, cluster_mixed(&features, &[], &fixed(3)).unwrap());
    assert!(plain.profiles.iter().all(|profile| profile.levels.is_empty()));
}

#[test]
fn refused_rows_have_no_part_in_the_coding() {
    let (mut orders, days, codes, levels) = shop(300);
    orders[0] = f64::NAN;
    let features = [Feature::new("orders", &orders), Feature::new("days_since_last", &days)];
    let channel = Category { name: "channel", codes: &codes, levels: &levels };
    let clustering = cluster_mixed(&features, &[channel], &fixed(2)).unwrap();
    let web = clustering.fitted.categories[0].levels.iter().find(|level| level.name == "web").unwrap();
    assert!((web.share - 99.0 / 299.0).abs() < 1e-12);
    assert_eq!(clustering.placement.clusters[0], None);
}

#[test]
fn a_category_of_one_level_changes_nothing_but_the_table() {
    let (orders, days, _, levels) = shop(300);
    let codes = vec![2; 300];
    let features = [Feature::new("orders", &orders), Feature::new("days_since_last", &days)];
    let same = Category { name: "channel", codes: &codes, levels: &levels };
    let with = cluster_mixed(&features, &[same], &fixed(3)).unwrap();
    let without = cluster_customers(&features, &fixed(3)).unwrap();
    assert_eq!(with.placement, without.placement);
    assert_eq!((with.profiles[0].levels[0].lift, with.profiles[0].levels[0].deviation), (1.0, 0.0));
}

#[test]
fn tables_that_do_not_fit_are_errors() {
    let (orders, days, codes, levels) = shop(30);
    let features = [Feature::new("orders", &orders), Feature::new("days_since_last", &days)];
    let channel = Category { name: "channel", codes: &codes, levels: &levels };
    let fit = |categories: &[Category<'_>]| cluster_mixed(&features, categories, &fixed(2)).unwrap_err();
    assert!(matches!(fit(&[Category { codes: &codes[1..], ..channel }]), ClusterError::Length { .. }));
    assert!(matches!(fit(&[Category { name: "orders", ..channel }]), ClusterError::DuplicateColumn { .. }));
    assert!(matches!(fit(&[channel, channel]), ClusterError::DuplicateColumn { .. }));
    assert!(matches!(fit(&[Category { levels: &levels[..1], ..channel }]), ClusterError::UnknownLevel { .. }));
}
