//! The models and data sets of the reference figures, by name.

use super::reference::{Table, fits, table};
use acrm::numerics::btyd::{
    BetaGeometric, BgBb, CovariateRow, FirstCoin, GammaGamma, Histories, Opportunities, OpportunityTable, ParetoNbd,
    Regular, SpendTable, TransactionModel,
};

/// Relative agreement, with a floor for figures near zero.
pub(crate) fn close(what: &str, got: f64, want: f64, relative: f64, absolute: f64) {
    assert!(
        (got - want).abs() <= relative * want.abs() + absolute,
        "{what}: got {got:e}, want {want:e}, off by {:e}",
        (got - want).abs() / want.abs()
    );
}

/// Agreement with all the digits that a paper prints.
pub(crate) fn printed(got: f64, want: f64, decimals: i32) {
    assert!((got - want).abs() <= 0.5 * 10f64.powi(-decimals) + 1e-12, "got {got}, printed {want}");
}

pub(crate) fn geometric(name: &str, p: &[f64]) -> BetaGeometric {
    if name.starts_with('m') {
        BetaGeometric::mbg_nbd(p[0], p[1], p[2], p[3])
    } else {
        BetaGeometric::bg_nbd(p[0], p[1], p[2], p[3])
    }
}

pub(crate) fn histories(cbs: &Table) -> Histories {
    Histories::from_values(&cbs.counts("x"), &cbs.column("t_x"), &cbs.column("T"), 7.0).expect("valid histories")
}

pub(crate) fn gamma_gamma(p: &[f64]) -> GammaGamma {
    GammaGamma { p: p[0], q: p[1], v: p[2] }
}

pub(crate) fn spends(cbs: &Table) -> SpendTable {
    SpendTable::new(&cbs.counts("x"), &cbs.column("m_x"))
}

/// Fitted parameters of a reference fit.
pub(crate) fn reference_fit(dataset: &str, model: &str) -> Option<Vec<f64>> {
    fits().into_iter().find(|f| f.dataset == dataset && f.model == model).map(|f| f.params)
}

pub(crate) fn pareto(p: &[f64]) -> ParetoNbd {
    ParetoNbd { r: p[0], alpha: p[1], s: p[2], beta: p[3] }
}

pub(crate) fn regular(model: &str, k: u32, p: &[f64]) -> Regular {
    let coin = if model.starts_with('m') { FirstCoin::Tossed } else { FirstCoin::Spared };
    Regular { k, r: p[0], alpha: p[1], a: p[2], b: p[3], coin }
}

pub(crate) fn ln_gaps(cbs: &Table) -> f64 {
    cbs.column("litt").iter().sum()
}

/// The whole family at its reference fits, customer by customer.
pub(crate) fn family(dataset: &str, name: &str) -> Option<Box<dyn TransactionModel>> {
    let model = match name {
        "bg" => "bgnbd",
        "mbg" => "mbgnbd",
        other => other,
    };
    let p = reference_fit(dataset, model)?;
    Some(match model {
        "bgnbd" | "mbgnbd" => Box::new(geometric(model, &p)),
        "pnbd" => Box::new(pareto(&p)),
        _ => {
            let (name, k) = model.split_once('-')?;
            Box::new(regular(name, k.parse().ok()?, &p))
        }
    })
}

pub(crate) fn bgbb(p: &[f64]) -> BgBb {
    BgBb { alpha: p[0], beta: p[1], gamma: p[2], delta: p[3] }
}

/// The 11,104 donors of 1995, six appeals later.
pub(crate) fn donations() -> Option<OpportunityTable> {
    let cells = table("../data/donations/donations_rf.csv")?;
    let rows: Vec<(Opportunities, f64)> = cells
        .rows()
        .map(|r| (Opportunities { x: r.count("x"), t_x: r.count("t_x"), n: r.count("n") }, r.value("count")))
        .collect();
    let (table, left_out) = OpportunityTable::new(&rows);
    assert_eq!(left_out, 0);
    Some(table)
}

/// Customers of the apparel shop with gender and channel.
pub(crate) fn apparel_rows() -> Option<Vec<CovariateRow>> {
    let cbs = table("cbs/apparel_104w.csv")?;
    let known = table("../data/apparel/apparelStaticCov.csv")?;
    let of = |id: &str| known.rows().find(|r| r.text("Id") == id).map(|r| vec![r.value("Gender"), r.value("Channel")]);
    Some(
        cbs.rows()
            .map(|r| {
                let w = of(r.text("customer_id")).expect("known customer");
                CovariateRow { purchase: w.clone(), dropout: w, x: r.count("x"), t_x: r.value("t_x"), t: r.value("T") }
            })
            .collect(),
    )
}
