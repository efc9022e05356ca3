//! A small generated shop with everything that an export may bring: refunds that name their order, refunds that
//! don't, channels, categories, attributes, duplicates, rows without an id.

use std::path::{Path, PathBuf};

use polars::prelude::*;

use crate::support::{Dice, day_of_2024, folder, run_ok};

/// A line item.
#[derive(Clone)]
pub struct Item {
    customer: String,
    at: String,
    order: String,
    original: Option<String>,
    product: String,
    channel: Option<&'static str>,
    pieces: i64,
    cents: i64,
}

/// The rows of the three tables.
#[derive(Clone)]
pub struct Shop {
    pub items: Vec<Item>,
    people: Vec<(String, Option<i64>, &'static str, Option<String>, bool)>,
    products: Vec<(String, Option<&'static str>, i64)>,
}

impl Shop {
    /// The same seed gives the same shop.
    pub fn new(seed: u64, customers: u64) -> Self {
        let mut dice = Dice::new(seed);
        let categories = [Some("garden"), Some("kitchen"), Some("toys"), None];
        let products: Vec<_> = (0..40)
            .map(|n| (format!("P{n:03}"), categories[dice.below(4) as usize], 50 + dice.below(900) as i64))
            .collect();
        let mut items = Vec::new();
        let channels = [Some("web"), Some("store"), Some("phone"), Some("app"), None];
        for customer in 0..customers {
            let id = format!("{:05}", customer * 7 + 3);
            let mut orders = Vec::new();
            for order in 0..dice.below(9) {
                let name = format!("{id}-{order}");
                let (day, minute) = (dice.below(330) as u32, dice.below(1_400));
                let at = |later: u64| {
                    let minute = minute + later;
                    format!("{} {:02}:{:02}:00", day_of_2024(day), minute / 60, minute % 60)
                };
                for line in 0..=dice.below(4) {
                    let pieces = 1 + dice.below(5) as i64;
                    items.push(Item {
                        customer: id.clone(),
                        at: at(if dice.percent(10) { 3 * line } else { 0 }),
                        order: name.clone(),
                        original: None,
                        product: format!("P{:03}", dice.below(44)),
                        channel: channels[dice.below(5) as usize],
                        pieces,
                        cents: if dice.percent(4) { 0 } else { pieces * (99 + dice.below(4_000) as i64) },
                    });
                }
                orders.push((name, day));
                if dice.percent(3)
                    && let Some(last) = items.last().cloned()
                {
                    items.push(last);
                }
            }
            for (name, day) in orders {
                if !dice.percent(12) {
                    continue;
                }
                let named = dice.percent(60);
                items.push(Item {
                    customer: if dice.percent(10) { String::new() } else { id.clone() },
                    at: format!("{} 12:00:00", day_of_2024(day + dice.below(30) as u32)),
                    order: format!("R-{name}"),
                    original: named.then_some(name),
                    product: format!("P{:03}", dice.below(40)),
                    channel: Some("phone"),
                    pieces: -1,
                    cents: -(1 + dice.below(6_000) as i64),
                });
            }
        }
        let people = (0..customers + 12).map(|customer| {
            let age = (!dice.percent(10)).then(|| 18 + dice.below(60) as i64);
            let city = ["Bonn", "Kiel", "Mainz", "São Paulo"][dice.below(4) as usize];
            let joined = (!dice.percent(20)).then(|| day_of_2024(dice.below(300) as u32));
            (format!("{:05}", customer * 7 + 3), age, city, joined, dice.percent(70))
        });
        Self { people: people.collect(), items, products }
    }

    /// The lines as typed columns, as a database would give them.
    pub fn frame(items: &[Item]) -> DataFrame {
        let text = |f: &dyn Fn(&Item) -> Option<String>| items.iter().map(f).collect::<Vec<_>>();
        let filled = |t: &str| Some(t.to_owned()).filter(|t| !t.is_empty());
        let frame = df!(
            "customer_id" => text(&|i| filled(&i.customer)),
            "timestamp" => text(&|i| filled(&i.at)),
            "transaction_id" => text(&|i| filled(&i.order)),
            "original_transaction_id" => text(&|i| i.original.clone()),
            "product_id" => text(&|i| filled(&i.product)),
            "channel" => text(&|i| i.channel.map(str::to_owned)),
            "quantity" => items.iter().map(|i| i.pieces).collect::<Vec<_>>(),
            "amount" => items.iter().map(|i| i.cents as f64 / 100.0).collect::<Vec<_>>()
        );
        let instants = StrptimeOptions { format: Some("%Y-%m-%d %H:%M:%S".into()), ..Default::default() };
        let timestamp = col("timestamp").str().to_datetime(Some(TimeUnit::Microseconds), None, instants, lit("raise"));
        frame.expect("a frame").lazy().with_column(timestamp).collect().expect("timestamps")
    }

    /// The people as typed columns.
    pub fn people(&self) -> DataFrame {
        let frame = df!(
            "customer_id" => self.people.iter().map(|p| p.0.clone()).collect::<Vec<_>>(),
            "age" => self.people.iter().map(|p| p.1).collect::<Vec<_>>(),
            "city" => self.people.iter().map(|p| p.2).collect::<Vec<_>>(),
            "joined" => self.people.iter().map(|p| p.3.clone()).collect::<Vec<_>>(),
            "consent_email" => self.people.iter().map(|p| p.4).collect::<Vec<_>>()
        );
        let days = StrptimeOptions { format: Some("%Y-%m-%d".into()), ..Default::default() };
        frame.expect("a frame").lazy().with_column(col("joined").str().to_date(days)).collect().expect("days")
    }

    /// The products as typed columns.
    pub fn products(&self) -> DataFrame {
        df!(
            "product_id" => self.products.iter().map(|p| p.0.clone()).collect::<Vec<_>>(),
            "category" => self.products.iter().map(|p| p.1).collect::<Vec<_>>(),
            "cost" => self.products.iter().map(|p| p.2 as f64 / 100.0).collect::<Vec<_>>()
        )
        .expect("a frame")
    }

    /// Items, people and products each in another order.
    pub fn shuffled(&self, seed: u64) -> Self {
        let mut other = self.clone();
        let mut dice = Dice::new(seed);
        dice.shuffle(&mut other.items);
        dice.shuffle(&mut other.people);
        dice.shuffle(&mut other.products);
        other
    }
}

/// A frame as delimited text, dates and times in ISO form, amounts with two decimals.
pub fn text_of(frame: &DataFrame, separator: u8) -> Vec<u8> {
    let mut out = Vec::new();
    let mut frame = frame.clone();
    CsvWriter::new(&mut out)
        .with_separator(separator)
        .with_datetime_format(Some("%Y-%m-%d %H:%M:%S".into()))
        .finish(&mut frame)
        .expect("written");
    out
}

/// One pipeline for all: whatever files lie in the folders of the tables.
pub const PIPELINE: &str = "[pipeline]\nname = \"shop\"\nas_of = \"2024-12-10\"\ncurrency = \"EUR\"\n\
    [sources.transactions]\npath = \"items/*\"\n[sources.customers]\npath = \"people/*\"\n[sources.products]\npath = \"products/*\"\n\
    [clean]\nduplicates = \"merge\"\n[clv]\nhorizons_days = [90, 365]\nmargin = 0.4\n\
    [clusters]\nfeatures = [\"days_since_last\", \"orders\", \"spend_net\"]\n\
    [[segments]]\nname = \"regulars\"\nwhere = \"orders >= 4 AND city <> 'Kiel'\"\n\
    [[segments]]\nname = \"grown\"\nwhere = \"age >= 40\"\n\
    [[targets]]\nname = \"win_back\"\nwhere = \"orders >= 2 AND days_since_last > 40\"\nchannel = \"email\"\ncost_per_contact = 0.2\n\
    budget = 12\ncontrol_share = 0.2\n\
    [[targets]]\nname = \"thanks\"\nwhere = \"in_regulars AND favourite_category = 'garden'\"\nchannel = \"email\"\nmax_customers = 30\n";

/// A folder with the pipeline and the three tables, each a list of named files.
pub fn lay_out(
    items: &[(&str, Vec<u8>)],
    people: &[(&str, Vec<u8>)],
    products: &[(&str, Vec<u8>)],
) -> tempfile::TempDir {
    let folder = folder(&[("p.toml", PIPELINE)]);
    for (table, files) in [("items", items), ("people", people), ("products", products)] {
        std::fs::create_dir(folder.path().join(table)).expect("a folder");
        for (name, bytes) in files {
            std::fs::write(folder.path().join(table).join(name), bytes).expect("a file");
        }
    }
    folder
}

/// The shop as one CSV file a table.
pub fn lay_out_csv(shop: &Shop) -> tempfile::TempDir {
    lay_out(
        &[("items.csv", text_of(&Shop::frame(&shop.items), b','))],
        &[("people.csv", text_of(&shop.people(), b','))],
        &[("products.csv", text_of(&shop.products(), b','))],
    )
}

/// Runs the pipeline of a folder; gives the run.
pub fn run(folder: &Path, arguments: &[&str]) -> PathBuf {
    let mut all = vec!["run", "p.toml"];
    all.extend_from_slice(arguments);
    run_ok(folder, &all);
    folder.join("out/as_of=2024-12-10")
}
