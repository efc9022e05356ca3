//! Itemsets, rules and sequences of two real shops, as other programs found them.

use super::reference::{Row, Table, table};
use acrm::numerics::patterns::{
    Baskets, Gaps, ItemsetOptions, Itemsets, Rule, RuleOptions, SequenceOptions, SequencePattern, Sequences,
    association_rules, frequent_itemsets, frequent_sequences, min_count,
};
use std::collections::{BTreeMap, BTreeSet};

/// Names as numbers: the place of each in the order of the alphabet.
struct Names<'a>(Vec<&'a str>);

impl<'a> Names<'a> {
    fn of(table: &'a Table, column: &str) -> Self {
        Self(table.rows().map(|row| row.text(column)).collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn id(&self, name: &str) -> u32 {
        self.0.binary_search(&name).unwrap_or_else(|_| panic!("no {name}")) as u32
    }

    /// Names with a bar between, as the tables have them.
    fn text(&self, items: &[u32]) -> String {
        items.iter().map(|item| self.0[*item as usize]).collect::<Vec<_>>().join("|")
    }
}

/// Rows whose keys are alike stand together: where each group starts, and the end.
fn starts<'a>(table: &'a Table, key: impl Fn(Row<'a>) -> Vec<&'a str>) -> Vec<u32> {
    let keys: Vec<Vec<&str>> = table.rows().map(key).collect();
    let lengths = keys.chunk_by(|a, b| a == b).map(<[_]>::len);
    std::iter::once(0)
        .chain(lengths.scan(0, |end, length| {
            *end += length as u32;
            Some(*end)
        }))
        .collect()
}

struct Shop<'a> {
    names: Names<'a>,
    items: Vec<u32>,
    offsets: Vec<u32>,
}

impl<'a> Shop<'a> {
    fn of(table: &'a Table, item: &str) -> Self {
        let names = Names::of(table, item);
        let items = table.rows().map(|row| names.id(row.text(item))).collect();
        Self { names, items, offsets: starts(table, |row| vec![row.text("basket_id")]) }
    }

    fn mine(&self, support: f64, max_length: usize) -> Itemsets {
        let baskets = Baskets::new(&self.items, &self.offsets).expect("valid");
        let min_count = min_count(support, baskets.len() as u32);
        frequent_itemsets(&baskets, &ItemsetOptions { min_count, max_length, most: 100_000 }).expect("not too many")
    }
}

fn rules(itemsets: &Itemsets, min_confidence: f64, single_consequent: bool) -> Vec<Rule> {
    let options = RuleOptions { min_confidence, single_consequent, most: 100_000 };
    association_rules(itemsets, &options).expect("not too many")
}

/// Rules by their names.
fn by_names<'a>(shop: &Shop<'_>, itemsets: &Itemsets, rules: &'a [Rule]) -> BTreeMap<(String, String), &'a Rule> {
    let text = |place: usize| shop.names.text(&itemsets.sets()[place].items);
    rules.iter().map(|rule| ((text(rule.antecedent), text(rule.consequent)), rule)).collect()
}

/// Equal to the 15 digits the tables give.
fn same(what: &str, got: f64, want: f64) {
    assert!((got - want).abs() <= 1e-14 * want.abs().max(1e-2), "{what}: {got} is not {want}");
}

#[test]
fn complete_journey_itemsets_equal_those_of_mlxtend_and_arules() {
    let (Some(baskets), Some(want)) =
        (table("mining/cj_jan2017_baskets_category.csv"), table("mining/cj_frequent_itemsets.csv"))
    else {
        return;
    };
    let shop = Shop::of(&baskets, "product_category");
    let found = shop.mine(0.02, 4);
    assert_eq!((found.baskets(), found.sets().len()), (12_699, 671));
    let got: BTreeMap<String, u32> = found.sets().iter().map(|s| (shop.names.text(&s.items), s.count)).collect();
    let want: BTreeMap<String, u32> = want.rows().map(|r| (r.text("items").to_owned(), r.count("count"))).collect();
    assert_eq!(got, want);
}

#[test]
fn complete_journey_rules_equal_those_of_mlxtend_and_arules() {
    let (Some(baskets), Some(mlxtend), Some(arules)) = (
        table("mining/cj_jan2017_baskets_category.csv"),
        table("mining/cj_rules.csv"),
        table("mining/cj_rules_arules_measures.csv"),
    ) else {
        return;
    };
    let shop = Shop::of(&baskets, "product_category");
    let found = shop.mine(0.02, 4);
    for (table, single, number) in [(mlxtend, false, 714), (arules, true, 680)] {
        let rules = rules(&found, 0.4, single);
        let named = by_names(&shop, &found, &rules);
        assert_eq!((named.len(), table.rows().count()), (number, number));
        for row in table.rows() {
            let key = (row.text("antecedent").to_owned(), row.text("consequent").to_owned());
            let rule = named.get(&key).unwrap_or_else(|| panic!("no {key:?}"));
            let what = format!("{key:?}");
            same(&what, rule.support(), row.value("support"));
            same(&what, rule.confidence(), row.value("confidence"));
            same(&what, rule.lift(), row.value("lift"));
            same(&what, rule.leverage(), row.value("leverage"));
            same(&what, rule.conviction().expect("fails at times"), row.value("conviction"));
            if single {
                assert_eq!(rule.count, row.count("count"), "{what}");
                // Their way to it loses some digits.
                let chi_squared = rule.chi_squared().expect("not in all baskets");
                assert!((chi_squared / row.value("chiSquared") - 1.0).abs() < 1e-11, "{what}: {chi_squared}");
            } else {
                let share = |count: u32| f64::from(count) / f64::from(rule.baskets);
                same(&what, share(rule.antecedent_count), row.value("antecedent support"));
                same(&what, share(rule.consequent_count), row.value("consequent support"));
            }
        }
    }
}

/// The figures every user of arules has seen: 15 rules, 410 rules, and the best by lift.
#[test]
fn groceries_have_the_rules_of_the_arules_vignette() {
    let Some(table) = table("../data/groceries_arules/groceries.csv") else { return };
    let shop = Shop::of(&table, "item");
    let itemsets = shop.mine(0.01, 10);
    assert_eq!((itemsets.baskets(), itemsets.sets().len()), (9835, 333));
    let found = rules(&itemsets, 0.5, true);
    assert_eq!(found.len(), 15);
    let named = by_names(&shop, &itemsets, &found);
    let rule = named[&("citrus fruit|root vegetables".to_owned(), "other vegetables".to_owned())];
    let got = [rule.support(), rule.confidence(), rule.lift()].map(|x| format!("{x:.4}"));
    assert_eq!((got, rule.count), (["0.0104", "0.5862", "3.0296"].map(str::to_owned), 102));
    let seldom = shop.mine(0.001, 10);
    assert_eq!(rules(&seldom, 0.8, true).len(), 410);
}

/// Histories in the flat form, the place in them as the day.
struct Histories {
    items: Vec<u32>,
    elements: Vec<u32>,
    customers: Vec<u32>,
    days: Vec<i32>,
}

impl Histories {
    fn of(table: &Table, names: &Names<'_>) -> Self {
        let elements = starts(table, |row| vec![row.text("household_id"), row.text("pos")]);
        let households = starts(table, |row| vec![row.text("household_id")]);
        let place = |start: &u32| elements.binary_search(start).expect("an element starts there") as u32;
        let positions = table.counts("pos");
        Self {
            items: table.rows().map(|row| names.id(row.text("product_category"))).collect(),
            customers: households.iter().map(place).collect(),
            days: elements[..elements.len() - 1].iter().map(|start| positions[*start as usize] as i32).collect(),
            elements,
        }
    }

    fn mine(&self, min_customers: u32, max_elements: usize, max_items: usize) -> Vec<SequencePattern> {
        let sequences = Sequences::new(&self.items, &self.elements, &self.customers, &self.days).expect("in order");
        assert_eq!(sequences.len(), 1982);
        let gaps = Gaps::default();
        let (median_gaps, most) = (false, 100_000);
        let options = SequenceOptions { min_customers, max_elements, max_items, gaps, median_gaps, most };
        let found = frequent_sequences(&sequences, &options).expect("not too many");
        for pattern in &found {
            assert_eq!(pattern.customers, self.recount(&pattern.elements), "{pattern:?}");
        }
        found
    }

    /// Customers whose elements hold those of a pattern one after the other.
    fn recount(&self, pattern: &[Vec<u32>]) -> u32 {
        let holds = |element: usize, part: &[u32]| {
            let items = &self.items[self.elements[element] as usize..self.elements[element + 1] as usize];
            part.iter().all(|item| items.contains(item))
        };
        let has = |bounds: &&[u32]| {
            let mut rest = bounds[0] as usize..bounds[1] as usize;
            pattern.iter().all(|part| rest.any(|element| holds(element, part)))
        };
        self.customers.windows(2).filter(has).count() as u32
    }
}

#[test]
fn complete_journey_sequences_equal_those_of_prefixspan_and_cspade() {
    let (Some(rows), Some(want)) =
        (table("mining/cj_jan2017_sequences_top_category.csv"), table("mining/cj_prefixspan_top_category.csv"))
    else {
        return;
    };
    let names = Names::of(&rows, "product_category");
    let histories = Histories::of(&rows, &names);
    let text = |p: &SequencePattern| p.elements.iter().map(|e| names.text(e)).collect::<Vec<_>>().join(" > ");
    let got: BTreeMap<String, u32> = histories.mine(100, 4, 4).iter().map(|p| (text(p), p.customers)).collect();
    let want: BTreeMap<String, u32> = want.rows().map(|r| (r.text("pattern").to_owned(), r.count("count"))).collect();
    assert_eq!((got.len(), got), (27, want));
    assert_eq!(histories.mine(20, 4, 4).len(), 403);
}

#[test]
fn complete_journey_sequences_of_whole_baskets_are_as_many_as_cspade_finds() {
    let Some(rows) = table("mining/cj_jan2017_itemset_sequences.csv") else { return };
    let names = Names::of(&rows, "product_category");
    let found = Histories::of(&rows, &names).mine(min_count(0.2, 1982), 3, 3);
    assert_eq!(found.len(), 211);
}
