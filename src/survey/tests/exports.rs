//! Exports of well-known systems and of other languages.

use super::*;

#[test]
fn shopify_orders_have_their_total_on_the_first_row() {
    let header = "Name|Email|Financial Status|Created at|Currency|Total|Refunded Amount|Lineitem quantity|\
    Lineitem name|Lineitem price";
    let rows = [
        "#2001|pia@shop.example|paid|2024-05-03 09:10:00 +0200|EUR|58.00|0.00|2|Mug|11.50",
        "#2001|pia@shop.example||||||1|Tray|30.00",
        "#2002|rob@shop.example|refunded|2024-05-04 10:00:00 +0200|EUR|70.00|70.00|1|Lamp|40.00",
        "#2002|rob@shop.example||||||1|Rug|30.00",
        "#2003|rob@shop.example|partially_refunded|2024-05-05 23:50:00 +0200|EUR|25.00|5.00|1|Bowl|25.00",
    ];
    let proposal = propose(&[csv("orders_export.csv", header, &rows)]);
    assert_eq!(proposal.recognised, Some(Platform::Shopify));
    let found = columns(&proposal, "transactions");
    for wanted in
        ["customer_id=Email", "transaction_id=Name", "timestamp=Created at", "amount=Total", "status=Financial Status"]
    {
        assert!(found.iter().any(|c| c == wanted), "{wanted}: {found:?}");
    }
    assert!(!found.iter().any(|c| c.starts_with("unit_price")));
    assert!(found.iter().any(|c| c == "refunded=Refunded Amount"), "{found:?}");
    assert_eq!(option(&proposal, &["clean"], "amount_is_order_total").as_deref(), Some("true"));
    assert_eq!(option(&proposal, &["clean"], "carry_down").as_deref(), Some("true"));
    let revenue = option(&proposal, &["clean"], "revenue_statuses").unwrap_or_default();
    assert!(
        revenue.contains("paid") && revenue.contains("partially_refunded") && !revenue.contains(" refunded"),
        "{revenue}"
    );
    assert_eq!(option(&proposal, &["pipeline"], "currency").as_deref(), Some("EUR"));
    assert!(asks(&proposal, "time zone") && blocking(&proposal) == 0);
}

#[test]
fn woocommerce_lines_that_repeat_the_total_are_quantity_times_cost() {
    let header = "Order Number|Order Status|Order Date|Email (Billing)|Order Total Amount|Item Name|Quantity|Item Cost";
    let rows = [
        "101|wc-completed|2024-03-01 10:00|a@x.example|50.00|Mug|2|10.00",
        "101|wc-completed|2024-03-01 10:00|a@x.example|50.00|Tray|1|30.00",
        "102|wc-processing|2024-03-02 11:00|b@x.example|25.00|Mug|1|10.00",
        "102|wc-processing|2024-03-02 11:00|b@x.example|25.00|Card|3|5.00",
        "103|wc-cancelled|2024-03-03 12:00|a@x.example|9.00|Card|1|9.00",
    ];
    let proposal = propose(&[csv("orders.csv", header, &rows)]);
    assert_eq!(proposal.recognised, Some(Platform::WooCommerce));
    let found = columns(&proposal, "transactions");
    assert!(found.contains(&"customer_id=Email (Billing)".to_owned()), "{found:?}");
    assert!(
        found.contains(&"quantity=Quantity".to_owned()) && found.contains(&"unit_price=Item Cost".to_owned()),
        "{found:?}"
    );
    assert!(!found.iter().any(|c| c.starts_with("amount")), "{found:?}");
    assert!(asks(&proposal, "repeats the total"));
    let revenue = option(&proposal, &["clean"], "revenue_statuses").unwrap_or_default();
    assert_eq!(revenue, "[wc-completed, wc-processing]");
}

#[test]
fn salesforce_ids_of_both_lengths_meet() {
    let deals = [
        "0071|0037k00000QrTemAAF|2024-02-10|120.00|Closed Won",
        "0072|0037k00000QrTeMAAV|2024-02-11|250.00|Closed Lost",
        "0073|0037k00000qrTemAAE|2024-02-12|380.00|Prospecting",
    ];
    let accounts = ["0037k00000QrTem|Nord Ltd|A", "0037k00000QrTeM|Ost Ltd|B", "0037k00000qrTem|West Ltd|C"];
    let proposal = propose(&[
        csv("accounts.csv", "Account ID|Account Name|Tier", &accounts),
        csv("opportunities.csv", "Opportunity ID|AccountId|CloseDate|Amount|StageName", &deals),
    ]);
    assert_eq!(proposal.recognised, Some(Platform::Salesforce));
    for source in ["transactions", "customers"] {
        assert_eq!(option(&proposal, &["sources", source], "repair_ids").as_deref(), Some("[salesforce]"), "{source}");
    }
    assert_eq!(option(&proposal, &["clean"], "revenue_statuses").as_deref(), Some("[Closed Won]"));
    assert!(proposal.questions.is_empty(), "{:?}", proposal.questions);
}

#[test]
fn hubspot_deals_belong_to_companies() {
    let header = "Record ID|Deal Name|Deal Stage|Close Date|Pipeline|Amount|Associated Company IDs";
    let rows = [
        "9|Big|closedwon|2024-02-01|Sales|100|77",
        "10|Small|closedlost|2024-02-02|Sales|50|78",
        "11|Third|closedwon|2024-03-02|Sales|70|77",
    ];
    let proposal = propose(&[csv("deals.csv", header, &rows)]);
    assert_eq!(proposal.recognised, Some(Platform::HubSpot));
    let found = columns(&proposal, "transactions");
    for wanted in [
        "customer_id=Associated Company IDs",
        "timestamp=Close Date",
        "amount=Amount",
        "transaction_id=Record ID",
        "status=Deal Stage",
    ] {
        assert!(found.iter().any(|c| c == wanted), "{wanted}: {found:?}");
    }
    assert_eq!(option(&proposal, &["clean"], "revenue_statuses").as_deref(), Some("[closedwon]"));
}

#[test]
fn stripe_payments_are_in_utc() {
    let header = "id|Created (UTC)|Amount|Amount Refunded|Currency|Customer ID|Customer Email|Status";
    let rows = [
        "ch_1|2024-02-01 10:00|12.50|0.00|eur|cus_1|a@x.example|Paid",
        "ch_2|2024-02-02 10:00|7.00|7.00|eur|cus_2|b@x.example|Refunded",
        "ch_3|2024-02-03 10:00|9.00|0.00|eur|cus_1|a@x.example|Failed",
    ];
    let proposal = propose(&[csv("payments.csv", header, &rows)]);
    assert_eq!(proposal.recognised, Some(Platform::Stripe));
    let found = columns(&proposal, "transactions");
    assert!(
        found.contains(&"customer_id=Customer ID".to_owned()) && found.contains(&"transaction_id=id".to_owned()),
        "{found:?}"
    );
    assert_eq!(option(&proposal, &["sources", "transactions"], "timezone").as_deref(), Some("UTC"));
    assert_eq!(option(&proposal, &["pipeline"], "currency").as_deref(), Some("EUR"));
    assert_eq!(option(&proposal, &["clean"], "revenue_statuses").as_deref(), Some("[Paid]"));
}

#[test]
fn online_retail_has_cancellations_postage_and_guests() {
    let header = "Invoice|StockCode|Description|Quantity|InvoiceDate|Price|Customer ID|Country";
    let rows = [
        "700100|81001|BOWL|10|2024-01-03 09:00|2.00|70001|UK",
        "C700200|81001|BOWL|-4|2024-01-20 12:00|2.00|70001|UK",
        "700101|81002|TIN|50|2024-02-01 14:05|1.10|70002|UK",
        "700102|POST|POSTAGE|1|2024-02-01 14:05|18.00|70002|UK",
        "700103|81001|damaged|-120|2024-01-10 10:00|0.00||UK",
        "700104|PADS|PADS|1|2024-01-10 10:00|1.00|70001|UK",
    ];
    let proposal = propose(&[csv("retail.csv", header, &rows)]);
    assert_eq!(proposal.recognised, Some(Platform::OnlineRetail));
    assert_eq!(option(&proposal, &["clean"], "cancellation_prefix").as_deref(), Some("C"));
    assert_eq!(option(&proposal, &["clean"], "non_products").as_deref(), Some("[POST]"));
    assert!(asks(&proposal, "PADS") && proposal.toml.contains("No customer in 1 row") && blocking(&proposal) == 0);
}

#[test]
fn persian_exports_count_as_much() {
    let header = "شماره سفارش|كد مشتري|تاریخ ثبت سفارش|مبلغ کل (ریال)|وضعیت سفارش|شهر";
    let rows = [
        "۱۰۰۱|۲۰۱|۱۴۰۲/۱۲/۲۹|۴۵۰٬۰۰۰|تحویل شده|تهران",
        "۱۰۰۲|۲۰۲|۱۴۰۳/۰۱/۰۵|۱٬۲۵۰٬۰۰۰|لغو شده|شیراز",
        "۱۰۰۳|۲۰۱|۱۴۰۳/۰۶/۳۱|۹۸۰٬۰۰۰|تحویل شده|تهران",
    ];
    let proposal = propose(&[csv("سفارش‌ها.csv", header, &rows)]);
    let found = columns(&proposal, "transactions");
    for wanted in [
        "customer_id=كد مشتري",
        "timestamp=تاریخ ثبت سفارش",
        "transaction_id=شماره سفارش",
        "amount=مبلغ کل (ریال)",
        "status=وضعیت سفارش",
    ] {
        assert!(found.iter().any(|c| c == wanted), "{wanted}: {found:?}");
    }
    assert_eq!(option(&proposal, &["sources", "transactions"], "calendar").as_deref(), Some("solar_hijri"));
    assert_eq!(option(&proposal, &["sources", "transactions"], "date_format").as_deref(), Some("%Y/%m/%d"));
    assert_eq!(option(&proposal, &["pipeline"], "currency").as_deref(), Some("IRR"));
    assert_eq!(option(&proposal, &["clean"], "revenue_statuses").as_deref(), Some("[تحویل شده]"));
    assert_eq!(blocking(&proposal), 0);
}

#[test]
fn german_line_items_have_menge_and_einzelpreis() {
    let header = "Belegnr|Kd-Nr|Rechnungsdatum|ArtikelNr|Menge|Einzelpreis";
    let rows = ["1|007|13.01.2024|A1|2|1.234,50", "1|007|13.01.2024|A2|1|80,00", "2|042|05.02.2024|A1|3|65,50"];
    let proposal = propose(&[csv("rechnungen.csv", header, &rows)]);
    assert_eq!(
        columns(&proposal, "transactions"),
        [
            "customer_id=Kd-Nr",
            "product_id=ArtikelNr",
            "quantity=Menge",
            "timestamp=Rechnungsdatum",
            "transaction_id=Belegnr",
            "unit_price=Einzelpreis"
        ]
    );
    assert_eq!(option(&proposal, &["sources", "transactions"], "date_format").as_deref(), Some("%d.%m.%Y"));
    assert!(proposal.toml.contains("decimal `,`") && proposal.toml.contains("(German)"));
}
