//! Exports of well-known systems, recognised by their headers.

use super::fit::File;
use super::role::{Role, Table};
use super::words;

/// A system whose exports are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// Orders of a Shopify shop: an order's own fields stand on its first row alone.
    Shopify,
    /// Orders of a `WooCommerce` shop.
    WooCommerce,
    /// Opportunities or accounts of Salesforce.
    Salesforce,
    /// Deals of `HubSpot`.
    HubSpot,
    /// Payments of Stripe.
    Stripe,
    /// The UCI data sets Online Retail and Online Retail II, and exports of the same shape.
    OnlineRetail,
}

/// What a header must have, words run together: at least `least` of `names`, and one of `one_of`.
struct Signature {
    platform: Platform,
    names: &'static str,
    least: usize,
    one_of: &'static str,
}

const SIGNATURES: [Signature; 6] = [
    Signature {
        platform: Platform::Shopify,
        names: "name|email|financialstatus|fulfillmentstatus|createdat|paidat|total|lineitemquantity|lineitemname|\
            lineitemprice|lineitemsku|acceptsmarketing|refundedamount",
        least: 5,
        one_of: "financialstatus|lineitemname|lineitemprice",
    },
    Signature {
        platform: Platform::WooCommerce,
        names: "orderid|ordernumber|orderstatus|orderdate|billingemail|emailbilling|firstnamebilling|lastnamebilling|\
            ordertotal|ordertotalamount|orderkey|paymentmethodtitle|datecreatedgmt|customernote|itemname|itemcost|\
            cartdiscountamount|ordersubtotalamount|billingfirstname|customeruser|status|shippingtotal|customerid",
        least: 4,
        one_of: "billingemail|emailbilling|firstnamebilling|orderkey|datecreatedgmt|customeruser",
    },
    Signature {
        platform: Platform::Salesforce,
        names: "opportunityid|accountid|closedate|stagename|stage|amount|opportunityname|accountname|iswon|isclosed|\
            ownerid|opportunityowner|leadsource|probability",
        least: 3,
        one_of: "opportunityid|stagename|opportunityname|iswon|accountid",
    },
    Signature {
        platform: Platform::HubSpot,
        names: "recordid|dealid|dealname|dealstage|closedate|pipeline|amount|dealowner|associatedcompany|\
            associatedcompanyids|associatedcontact|associatedcontactids|createdate",
        least: 4,
        one_of: "dealname|dealid",
    },
    Signature {
        platform: Platform::Stripe,
        names: "id|createdutc|createddateutc|amount|amountrefunded|currency|customerid|customeremail|\
            customerdescription|sellermessage|cardid|status|captured|convertedamount|fee|description",
        least: 5,
        one_of: "createdutc|createddateutc|sellermessage|amountrefunded",
    },
    Signature {
        platform: Platform::OnlineRetail,
        names: "invoice|invoiceno|stockcode|description|quantity|invoicedate|price|unitprice|customerid|country",
        least: 6,
        one_of: "stockcode",
    },
];

/// The system that wrote a file, with the evidence.
pub(super) fn recognise(file: &File<'_>) -> Option<(Platform, String)> {
    let header: Vec<String> = file.columns.iter().map(|c| squeezed(&c.sample.name)).collect();
    let has = |name: &&str| header.iter().any(|h| h == name);
    for signature in &SIGNATURES {
        let found: Vec<&str> = signature.names.split('|').filter(has).collect();
        if found.len() >= signature.least && signature.one_of.split('|').any(|name| has(&name)) {
            let shown: Vec<&str> = file
                .columns
                .iter()
                .map(|c| c.sample.name.as_str())
                .filter(|name| found.contains(&squeezed(name).as_str()))
                .collect();
            return Some((signature.platform, format!("by its columns {}", super::text::listed(&shown, 5))));
        }
    }
    None
}

fn squeezed(name: &str) -> String {
    words::words(name).concat()
}

impl Platform {
    /// Name, as its makers write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shopify => "Shopify",
            Self::WooCommerce => "WooCommerce",
            Self::Salesforce => "Salesforce",
            Self::HubSpot => "HubSpot",
            Self::Stripe => "Stripe",
            Self::OnlineRetail => "Online Retail",
        }
    }

    /// The column that takes a role in its exports, where the name alone would not tell.
    pub(super) fn pin(self, file: &File<'_>, table: Table, role: Role) -> Option<usize> {
        if table != Table::Transactions {
            return None;
        }
        let names: &[&str] = match (self, role) {
            (Self::Shopify, Role::TransactionId) => &["name"],
            (Self::Shopify, Role::CustomerId) => &["email"],
            (Self::Shopify, Role::Timestamp) => &["createdat"],
            (Self::Shopify, Role::Amount) => &["total"],
            (Self::Shopify, Role::Status) => &["financialstatus"],
            (Self::Shopify, Role::ProductId) => &["lineitemsku", "lineitemname"],
            (Self::Shopify, Role::Discount) => &["discountamount"],
            (Self::Shopify, Role::Shipping) => &["shipping"],
            (Self::Shopify, Role::Channel) => &["source"],
            (Self::WooCommerce, Role::CustomerId) => &["billingemail", "emailbilling", "customeremail"],
            (Self::WooCommerce, Role::Timestamp) => &["orderdate", "datecreated", "datecreatedgmt"],
            (Self::WooCommerce, Role::Amount) => &["ordertotal", "ordertotalamount", "total"],
            (Self::Salesforce, Role::CustomerId) => &["accountid", "accountname", "account"],
            (Self::Salesforce | Self::HubSpot, Role::Timestamp) => &["closedate"],
            (Self::Salesforce | Self::HubSpot | Self::Stripe, Role::Amount) => &["amount"],
            (Self::Salesforce, Role::TransactionId) => &["opportunityid", "id"],
            (Self::Salesforce, Role::Status) => &["stagename", "stage"],
            (Self::HubSpot, Role::CustomerId) => &[
                "associatedcompanyids",
                "associatedcompany",
                "associatedcompanyprimary",
                "associatedcontactids",
                "associatedcontact",
            ],
            (Self::HubSpot, Role::TransactionId) => &["recordid", "dealid"],
            (Self::HubSpot, Role::Status) => &["dealstage"],
            (Self::Stripe, Role::TransactionId) => &["id"],
            (Self::Stripe, Role::CustomerId) => &["customerid", "customeremail"],
            (Self::Stripe, Role::Timestamp) => &["createdutc", "createddateutc", "created"],
            (Self::Stripe, Role::Status) => &["status"],
            _ => return None,
        };
        let position = |name: &&str| file.columns.iter().position(|c| squeezed(&c.sample.name) == **name);
        let found: Vec<usize> = names.iter().filter_map(position).collect();
        // a column that is mostly empty gives way to the next
        let half_full = |at: &&usize| 2 * file.columns[**at].profile.filled >= file.sample.rows_seen;
        found.iter().find(half_full).or_else(|| found.first()).copied()
    }
}
