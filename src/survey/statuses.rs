//! Words for the state of an order, and whether money was earned.

use super::words;

/// States in which an order counts.
const EARNED: &str = "paid|completed|complete|won|closed won|closedwon|shipped|delivered|succeeded|success|\
    processing|fulfilled|partially refunded|partially paid|invoiced|approved|settled|captured|done|closed|finished|\
    sale|sold|confirmed|wc completed|wc processing|bezahlt|abgeschlossen|versandt|versendet|geliefert|erledigt|\
    gewonnen|bestätigt|payé|payée|terminé|terminée|expédié|expédiée|livré|livrée|validé|gagné|pagado|pagada|\
    completado|completada|enviado|enviada|entregado|entregada|ganado|ganada|pago|paga|concluído|concluída|entregue|\
    faturado|ganho|pagato|pagata|completato|completata|spedito|spedita|consegnato|consegnata|betaald|afgerond|\
    verzonden|geleverd|voltooid|ödendi|tamamlandı|teslim edildi|kargolandı|kargoya verildi|onaylandı|پرداخت شده|\
    پرداخت شد|تکمیل شده|تکمیل|ارسال شده|تحویل شده|تحویل داده شده|تحویل|تسویه شده|موفق|انجام شده|نهایی|مكتمل|مدفوع|\
    تم التوصيل|تم الشحن|مكتملة|تم الدفع|ناجحة";

/// States in which it doesn't.
const NOT_EARNED: &str = "cancelled|canceled|refunded|voided|void|pending|failed|failure|lost|closed lost|closedlost|\
    open|new|engaging|prospecting|qualification|proposal|negotiation|on hold|draft|unpaid|returned|rejected|declined|\
    abandoned|expired|trash|created|unavailable|disputed|authorized|requires payment method|checkout draft|prospect|\
    requested|overdue|needs analysis|value proposition|id decision makers|perception analysis|proposal price quote|\
    negotiation review|appointmentscheduled|qualifiedtobuy|presentationscheduled|decisionmakerboughtin|contractsent|\
    appointment scheduled|qualified to buy|presentation scheduled|decision maker bought in|contract sent|blocked|\
    wc cancelled|wc pending|wc failed|wc refunded|wc on hold|storniert|offen|erstattet|retourniert|abgebrochen|neu|\
    verloren|ausstehend|fehlgeschlagen|annulé|annulée|remboursé|remboursée|en attente|échoué|perdu|retourné|\
    brouillon|cancelado|cancelada|reembolsado|reembolsada|pendiente|fallido|perdido|devuelto|pendente|devolvido|\
    estornado|annullato|annullata|rimborsato|rimborsata|in attesa|fallito|geannuleerd|terugbetaald|openstaand|\
    in behandeling|mislukt|iptal|iptal edildi|iade|iade edildi|beklemede|ödenmedi|başarısız|لغو شده|لغو|کنسل|\
    کنسل شده|مرجوع|مرجوعی|مرجوع شده|برگشتی|برگشت خورده|در انتظار|در انتظار پرداخت|ناموفق|پرداخت نشده|پیش نویس|ملغي|\
    ملغى|ملغية|مسترد|مرتجع|قيد الانتظار|معلق|فشل";

/// What a state says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Earned {
    Yes,
    No,
    Unknown,
}

/// Whether an order in a state has earned its money.
pub(super) fn earned(state: &str) -> Earned {
    let key = words::words(state).concat();
    let among = |list: &'static str| list.split('|').any(|known| words::words(known).concat() == key);
    match (among(EARNED), among(NOT_EARNED)) {
        (true, _) => Earned::Yes,
        (_, true) => Earned::No,
        _ => Earned::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_known_in_any_spelling() {
        for state in
            ["Paid", "wc-completed", "Closed Won", "closedwon", "partially_refunded", "پرداخت شده", "مکتمل", "Ödendi"]
        {
            assert_eq!(earned(state), Earned::Yes, "{state}");
        }
        for state in ["voided", "Engaging", "لغو‌شده", "İptal", "on-hold", "CANCELLED"] {
            assert_eq!(earned(state), Earned::No, "{state}");
        }
        assert_eq!(earned("zone 7"), Earned::Unknown);
    }
}
