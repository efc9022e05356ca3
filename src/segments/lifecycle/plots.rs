//! The plot: customers by stage.

use crate::numerics::lifecycle::Stage;
use crate::stage::{Content, Emphasis, Plot};

/// A bar for each stage, in the order of a life; `customers` by stage.
pub(super) fn stages(customers: [usize; Stage::ALL.len()]) -> Plot {
    let bar = |(stage, count): (Stage, usize)| {
        let is_silent = matches!(stage, Stage::Slipping | Stage::Lapsed | Stage::Lost);
        (stage.name().to_owned(), count as f64, if is_silent { Emphasis::Other } else { Emphasis::Chosen })
    };
    Plot {
        name: "lifecycle".into(),
        title: "Customers by stage of their life".into(),
        note: "slipping, lapsed and lost: silent for longer than their own rhythm allows".into(),
        x_title: "customers".into(),
        y_title: String::new(),
        content: Content::Bars { bars: Stage::ALL.into_iter().zip(customers).map(bar).collect() },
    }
}
