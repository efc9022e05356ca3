//! Customers and products beside the transactions: who they are, what their things cost.

use super::{HEAD, SOURCE};
use crate::support::{ByCustomer, folder, quality, run_ok, table, texts};

const PEOPLE: &str = "Kundennummer,Geburts Jahr,E-Mail,orders,Telefon,dabeiSeit,Newsletter\n\
    j1,1980,a@x.example,9,+49170112,2020-05-01,yes\nj2,,b@x.example,8,0170113,2021-06-01,no\n\
    j3,1990,,7,+49170114,,yes\nj1,1980,,9,,,\n,1970,z@x.example,1,,,\nj9,2001,i@x.example,6,0170115,2023-01-31,no\n";

/// Attributes keep their kind, under their name in snake case; who never bought is there, too; a person listed twice
/// keeps the fuller row.
#[test]
fn people_bring_their_attributes() {
    let orders = "customer_id,timestamp,amount\nj1,2023-05-01,10\nj2,2023-05-02,20\nj4,2023-05-03,40\n";
    let people = "[sources.customers]\npath = \"people.csv\"\ncolumns = { customer_id = \"Kundennummer\" }\n";
    let rule = "[[segments]]\nname = \"young\"\nwhere = \"geburts_jahr > 1985 AND newsletter\"\n";
    let pipeline = format!("{HEAD}{SOURCE}{people}{rule}");
    let folder = folder(&[("orders.csv", orders), ("people.csv", PEOPLE), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.ids(), ["j1", "j2", "j3", "j4", "j9"]);
    let columns = ["orders", "geburts_jahr", "e_mail", "source_orders", "telefon", "dabei_seit", "newsletter"];
    for (id, line) in [
        ("j1", "1 1980 a@x.example 9 +49170112 2020-05-01 true"),
        ("j2", "1  b@x.example 8 0170113 2021-06-01 false"),
        ("j3", "0 1990  7 +49170114  true"),
        ("j4", "1      "),
        ("j9", "0 2001 i@x.example 6 0170115 2023-01-31 false"),
    ] {
        assert_eq!(customers.line(id, &columns), line, "{id}");
    }
    let segments = ByCustomer::read(&run, "segments");
    let young: Vec<&String> = customers.ids().iter().filter(|id| segments.text(id, "in_young") == "true").collect();
    assert_eq!(young, ["j3"], "an empty cell is no match");
    let counted = |check: &str| quality(&run, "customers", check);
    assert_eq!(
        [counted("rows_read"), counted("rows_accepted"), counted("rows_merged"), counted("rows_quarantined")],
        [6.0, 4.0, 1.0, 1.0]
    );
    let refused = table(&run, "quarantine");
    assert_eq!(
        (texts(&refused, "file"), texts(&refused, "line")),
        (vec!["people.csv".to_owned()], vec!["6".to_owned()])
    );
}

/// Margins by hand: a line's own margin, else its cost, else the cost of its product times the pieces.
#[test]
fn margins_come_from_the_nearest_source() {
    let lines = "customer_id,timestamp,transaction_id,product_id,quantity,amount,cost,margin,category\n\
        m1,2023-05-01,1,p1,2,20,12,5,\nm1,2023-05-01,1,p1,3,30,21,,\nm1,2023-05-01,1,p2,4,40,,,own\nm1,2023-05-20,2,p9,1,9,,,\n\
        m2,2023-05-02,3,p2,-1,-10,,,\nm3,2023-05-02,4,,1,7,,,\n";
    let products = "product_id,category,cost\np1,cups,4.00\np2,pots,2.50\np2,pots,2.75\np3,pans,\n";
    let pipeline = format!("{HEAD}{SOURCE}[sources.products]\npath = \"products.csv\"\n");
    let folder = folder(&[("orders.csv", lines), ("products.csv", products), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let customers = ByCustomer::read(&run, "customers");
    // 5 as stated; 30 − 21; 40 − 4 × 2.50; p9 is in no assortment
    assert_eq!(customers.number("m1", "margin"), 5.0 + 9.0 + 30.0);
    // a return brings its cost back: −10 + 2.50
    assert_eq!(customers.number("m2", "margin"), -7.5);
    assert_eq!(customers.text("m1", "favourite_category"), "cups", "two lines against one of its own");
    assert_eq!(quality(&run, "customers", "lines_without_margin"), 2.0);
    assert_eq!((quality(&run, "products", "rows_accepted"), quality(&run, "products", "rows_merged")), (3.0, 1.0));
}

/// Favourites by hand, the first by name or the earliest among equals.
#[test]
fn favourites_are_counted_by_order() {
    let lines = "customer_id,timestamp,transaction_id,amount,channel,category\n\
        f1,2023-05-01 09:00,1,5,web,tea\nf1,2023-05-01 09:00,1,5,web,tea\nf1,2023-05-01 09:00,1,5,web,tea\n\
        f1,2023-05-09 17:00,2,5,shop,pot\nf1,2023-05-16 17:30,3,5,shop,pot\nf2,2023-05-03 08:00,4,5,web,pot\n\
        f2,2023-05-05 07:00,5,5,app,tea\nf2,2023-05-06 07:10,6,-5,fax,cup\n";
    let folder = folder(&[("orders.csv", lines), ("p.toml", &format!("{HEAD}{SOURCE}"))]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
    let columns = ["favourite_category", "favourite_channel", "favourite_weekday", "favourite_hour"];
    assert_eq!(customers.line("f1", &columns), "tea shop Tuesday 17", "categories by line, the rest by order");
    assert_eq!(
        customers.line("f2", &columns),
        "cup app Wednesday 7",
        "a tie goes to the first; a refund has no channel"
    );
}
