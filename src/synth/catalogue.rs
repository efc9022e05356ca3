//! The assortment: eight categories of ordinary products, and a few marked products that carry the planted patterns.
//!
//! Marked products are bought only through their pattern, so that their support, confidence and lift are known.

use libm::{pow, round};

use super::random::{Purpose, Stream};

/// Ordinary products of each category.
const PER_CATEGORY: usize = 60;

/// A category: name, share of ordinary lines, lowest and highest price in cents, cost as a share of the price, nouns.
pub(super) struct Category {
    /// Name as written in the files.
    pub(super) name: &'static str,
    share: f64,
    lowest: f64,
    highest: f64,
    cost_share: f64,
    nouns: [&'static str; 6],
}

/// The categories in the order of their codes.
pub(super) const CATEGORIES: [Category; 8] = [
    category("Kitchen", 0.20, 399.0, 18_900.0, 0.58, ["pan", "bowl", "kettle", "knife set", "grater", "mixer"]),
    category(
        "Home textiles",
        0.14,
        499.0,
        14_900.0,
        0.50,
        ["blanket", "cushion", "towel set", "curtain", "rug", "bed linen"],
    ),
    category("Garden", 0.13, 299.0, 24_900.0, 0.62, ["planter", "hose", "lantern", "bench", "seed box", "pruner"]),
    category(
        "Toys",
        0.12,
        299.0,
        9_900.0,
        0.55,
        ["puzzle", "building set", "board game", "kite", "doll house", "train"],
    ),
    category(
        "Beauty",
        0.13,
        299.0,
        8_900.0,
        0.42,
        ["hand cream", "soap set", "bath oil", "brush", "mirror", "hair dryer"],
    ),
    category(
        "Pets",
        0.10,
        299.0,
        11_900.0,
        0.66,
        ["dog bed", "feeder", "leash", "scratch post", "toy mouse", "carrier"],
    ),
    category(
        "Stationery",
        0.09,
        249.0,
        6_900.0,
        0.48,
        ["notebook", "fountain pen", "desk mat", "planner", "ink set", "lamp"],
    ),
    category(
        "Outdoor",
        0.09,
        599.0,
        34_900.0,
        0.64,
        ["backpack", "tent", "flask", "head torch", "rain jacket", "hammock"],
    ),
];

const fn category(
    name: &'static str,
    share: f64,
    lowest: f64,
    highest: f64,
    cost_share: f64,
    nouns: [&'static str; 6],
) -> Category {
    Category { name, share, lowest, highest, cost_share, nouns }
}

const STYLES: [&str; 10] =
    ["Plain", "Nordic", "Classic", "Compact", "Fresh", "Bold", "Soft", "Sturdy", "Grand", "Signature"];

/// Brand names; all invented.
pub(super) const BRANDS: [&str; 12] = [
    "Aldrin & Moor",
    "Brelva",
    "Casterly Home",
    "Dunmark",
    "Elvora",
    "Fjordly",
    "Grentis",
    "Hollin",
    "Ivoro",
    "Juniper Lane",
    "Kestrova",
    "Lumenti",
];

/// Two marked products that are bought together more often than chance.
pub(super) struct PairPlan {
    /// Name, category code and price in cents of each.
    pub(super) products: [(&'static str, usize, i64); 2],
    /// Share of orders with the first alone, the second alone, both.
    pub(super) shares: [f64; 3],
}

/// The planted pairs.
pub(super) const PAIRS: [PairPlan; 4] = [
    PairPlan { products: [("Loose-leaf tea", 0, 549), ("Tea strainer", 0, 399)], shares: [0.006, 0.009, 0.022] },
    PairPlan { products: [("Dog biscuits", 5, 449), ("Paw balm", 4, 599)], shares: [0.020, 0.025, 0.012] },
    PairPlan {
        products: [("Wild flower seeds", 2, 299), ("Bird feeder balls", 5, 349)],
        shares: [0.030, 0.030, 0.006],
    },
    PairPlan { products: [("Gift wrap", 6, 399), ("Colouring book", 3, 499)], shares: [0.040, 0.035, 0.004] },
];

/// A marked product that is followed by another in one of the customer's next orders.
pub(super) struct SequencePlan {
    /// Name, category code and price in cents of the first and of the second.
    pub(super) products: [(&'static str, usize, i64); 2],
    /// Share of orders that hold the first.
    pub(super) first_share: f64,
    /// Chance that the second follows, if there are orders enough.
    pub(super) follow_share: f64,
    /// It follows in one of so many next orders, all equally likely.
    pub(super) within_orders: u64,
    /// Share of orders that hold the second without any reason.
    pub(super) background_share: f64,
}

/// The planted sequences.
pub(super) const SEQUENCES: [SequencePlan; 2] = [
    SequencePlan {
        products: [("Coffee grinder, small", 0, 1_299), ("Espresso beans", 0, 899)],
        first_share: 0.020,
        follow_share: 0.55,
        within_orders: 3,
        background_share: 0.006,
    },
    SequencePlan {
        products: [("Seedling tray", 2, 799), ("Tomato fertiliser", 2, 649)],
        first_share: 0.025,
        follow_share: 0.40,
        within_orders: 2,
        background_share: 0.010,
    },
];

/// One product.
#[derive(Debug, Clone)]
pub(super) struct Product {
    /// Id as written.
    pub(super) id: String,
    /// Name.
    pub(super) name: String,
    /// Category code.
    pub(super) category: usize,
    /// Brand code.
    pub(super) brand: usize,
    /// Unit cost in cents.
    pub(super) cost: i64,
    /// List price in cents.
    pub(super) price: i64,
}

/// All products. Ordinary ones come first, by category and rising price; then the marked ones, pairs before sequences.
#[derive(Debug)]
pub(super) struct Catalogue {
    /// The products; an index into them is a product code.
    pub(super) products: Vec<Product>,
    /// Share of each category among ordinary lines.
    pub(super) category_shares: [f64; 8],
}

impl Catalogue {
    /// The assortment of a seed.
    pub(super) fn new(seed: u64) -> Self {
        let mut stream = Stream::new(seed, 0, Purpose::Catalogue);
        let mut products = Vec::with_capacity(CATEGORIES.len() * PER_CATEGORY + 12);
        for code in 0..CATEGORIES.len() {
            ordinary(&mut products, code, &mut stream);
        }
        let marked = PAIRS.iter().map(|pair| &pair.products).chain(SEQUENCES.iter().map(|plan| &plan.products));
        for (name, category, price) in marked.flatten().copied() {
            let product = product(products.len(), name.to_owned(), category, price, &mut stream);
            products.push(product);
        }
        Self { products, category_shares: CATEGORIES.map(|category| category.share) }
    }

    /// The product codes of a category's ordinary products, by rising price.
    pub(super) fn ordinary(category: usize) -> std::ops::Range<usize> {
        category * PER_CATEGORY..(category + 1) * PER_CATEGORY
    }

    /// The codes of the two products of a planted pair.
    pub(super) fn pair(index: usize) -> [usize; 2] {
        let first = CATEGORIES.len() * PER_CATEGORY + 2 * index;
        [first, first + 1]
    }

    /// The codes of the two products of a planted sequence.
    pub(super) fn sequence(index: usize) -> [usize; 2] {
        Self::pair(PAIRS.len() + index)
    }
}

fn ordinary(products: &mut Vec<Product>, code: usize, stream: &mut Stream) {
    let category = &CATEGORIES[code];
    let mut last = 0;
    for step in 0..PER_CATEGORY {
        let share = step as f64 / (PER_CATEGORY - 1) as f64;
        let raw = category.lowest * pow(category.highest / category.lowest, share);
        let price = ((round(raw / 50.0) as i64) * 50 - 1).max(last + 50);
        last = price;
        let noun = category.nouns[step % category.nouns.len()];
        let name = format!("{} {noun}", STYLES[step / category.nouns.len()]);
        let product = product(products.len(), name, code, price, stream);
        products.push(product);
    }
}

fn product(code: usize, name: String, category: usize, price: i64, stream: &mut Stream) -> Product {
    let share = CATEGORIES[category].cost_share * stream.between(0.9, 1.1);
    Product {
        id: format!("P{:05}", code + 1),
        name,
        category,
        brand: stream.below(BRANDS.len() as u64) as usize,
        cost: round(price as f64 * share) as i64,
        price,
    }
}
