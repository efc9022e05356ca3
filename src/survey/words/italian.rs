//! Italian column names.

use super::super::role::Role;
use super::{Head, Language};

pub(super) const WORDS: Language = Language {
    name: "Italian",
    head: Head::First,
    roles: &[
        (
            Role::CustomerId,
            "cliente|id cliente|codice cliente|cod cliente|numero cliente|n cliente|acquirente|id acquirente|conto|\
             utente|id utente|socio|tessera|numero tessera|codice fiscale|partita iva",
            "identificativo",
        ),
        (Role::Email, "posta elettronica|indirizzo email|email cliente", ""),
        (Role::Phone, "telefono|cellulare|numero di telefono", ""),
        (Role::CustomerName, "nome cliente|ragione sociale|nominativo|nome completo", "nome|cognome"),
        (
            Role::Timestamp,
            "data ordine|data dell ordine|data fattura|data acquisto|data di acquisto|data vendita|data transazione|\
             data scontrino|data documento",
            "data|data ora|data e ora|data creazione|creato il|data pagamento|giorno",
        ),
        (
            Role::Amount,
            "importo|importo totale|totale ordine|totale fattura|importo ordine|valore ordine|totale|vendite|vendita|\
             ricavo|ricavi|fatturato|incasso|prezzo totale|importo netto|importo lordo|spesa|totale pagato|\
             valore acquisto",
            "valore|prezzo|subtotale|somma|netto",
        ),
        (Role::Quantity, "quantità|qtà|pezzi|unità|numero articoli", ""),
        (Role::UnitPrice, "prezzo unitario|prezzo|prezzo di vendita|prezzo per unità", ""),
        (
            Role::TransactionId,
            "ordine|numero ordine|n ordine|id ordine|codice ordine|fattura|numero fattura|n fattura|id fattura|\
             scontrino|numero scontrino|ricevuta|id transazione|numero documento",
            "riferimento|numero",
        ),
        (Role::OriginalTransactionId, "fattura originale|ordine originale|nota di credito su", ""),
        (
            Role::ProductId,
            "prodotto|codice prodotto|id prodotto|articolo|codice articolo|id articolo|cod articolo",
            "descrizione|nome prodotto",
        ),
        (Role::ProductName, "nome prodotto|descrizione|descrizione articolo|descrizione prodotto", ""),
        (Role::Category, "categoria|categoria prodotto|reparto|famiglia|gruppo merceologico", "marca|gruppo"),
        (Role::Channel, "canale|canale di vendita|canale vendita", "origine|fonte"),
        (Role::Cost, "costo|prezzo di acquisto|costo unitario", ""),
        (Role::Margin, "margine|utile|profitto", ""),
        (Role::Discount, "sconto|importo sconto", ""),
        (Role::Shipping, "spedizione|spese di spedizione|costo spedizione", ""),
        (Role::Refunded, "rimborso|importo rimborsato|reso", ""),
        (Role::Store, "negozio|punto vendita|filiale|codice negozio", ""),
        (Role::Currency, "valuta|divisa", ""),
        (Role::Status, "stato|stato ordine|stato dell ordine|stato pagamento", ""),
        (Role::BirthDate, "data di nascita|data nascita", ""),
        (Role::Gender, "sesso|genere", ""),
        (Role::City, "città|comune|località", ""),
        (Role::Region, "regione|provincia", ""),
        (Role::Country, "paese|nazione", ""),
        (Role::AcquiredAt, "data iscrizione|cliente dal|data registrazione", ""),
        (Role::Touchpoint, "punto di contatto|evento|tipo contatto|attività|interazione", "tipo|canale"),
        (Role::Outcome, "esito|risultato", ""),
        (Role::Duration, "durata", ""),
        (Role::Topic, "argomento|motivo|oggetto", ""),
        (Role::CampaignId, "campagna|id campagna|codice campagna", ""),
        (Role::CampaignName, "nome campagna", ""),
        (Role::Start, "inizio|data inizio", ""),
        (Role::End, "fine|data fine", ""),
        (Role::CostPerContact, "costo per contatto", ""),
        (Role::Offer, "offerta", ""),
        (Role::Arm, "gruppo|gruppo di controllo", ""),
        (Role::ContactedAt, "data invio|inviato il|data contatto", ""),
        (Role::RespondedAt, "data risposta", ""),
        (Role::Score, "punteggio|voto|valutazione|soddisfazione", ""),
        (Role::Text, "commento|commenti|osservazioni|recensione", ""),
    ],
    modifiers: "ultima|ultimo|prima|primo|nascita|consegna|scadenza|spedizione|sconto|iva|medio|iscrizione|\
        registrazione|modifica|prevista|rimborso|unitario",
};
