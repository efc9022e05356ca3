//! German column names.

use super::super::role::Role;
use super::{Head, Language};

pub(super) const WORDS: Language = Language {
    name: "German",
    head: Head::Last,
    roles: &[
        (
            Role::CustomerId,
            "kundennummer|kundennr|kunden nr|kunde nr|kd nr|kdnr|kunden id|kundenid|kunde|kunden|debitor|debitornr|\
             debitorennummer|debitoren nr|mitgliedsnummer|mitglied|käufer|auftraggeber|besteller|kundenkonto|konto|\
             kontonummer|benutzer id|nutzer id|nutzer|haushalt|patient|gast",
            "",
        ),
        (Role::Email, "e mail adresse|emailadresse|mailadresse|kunden email", ""),
        (Role::Phone, "telefon|telefonnummer|handy|handynummer|mobilnummer|rufnummer|mobiltelefon", ""),
        (Role::CustomerName, "kundenname|firma|firmenname|vollständiger name|name des kunden", "nachname"),
        (
            Role::Timestamp,
            "bestelldatum|auftragsdatum|rechnungsdatum|kaufdatum|belegdatum|verkaufsdatum|buchungsdatum|\
             transaktionsdatum|umsatzdatum|bestellzeitpunkt|bestellt am|datum der bestellung|rechnungsdat|\
             einkaufsdatum|datum|bestellzeit",
            "zeitstempel|zeitpunkt|tag|erstellt am|angelegt am|erstellungsdatum|uhrzeit|zahlungsdatum|wertstellung|\
             anrufdatum|kontaktdatum",
        ),
        (
            Role::Amount,
            "betrag|umsatz|gesamtbetrag|rechnungsbetrag|bestellwert|gesamtpreis|gesamtsumme|nettobetrag|bruttobetrag|\
             nettoumsatz|bruttoumsatz|warenwert|auftragswert|positionswert|positionsbetrag|zeilenbetrag|kaufbetrag|\
             endbetrag|erlös|umsatz netto|umsatz brutto|betrag netto|betrag brutto|bestellsumme|gesamt|zahlbetrag|\
             einkaufswert",
            "summe|wert|preis|netto|brutto|zwischensumme",
        ),
        (Role::Quantity, "menge|anzahl|stück|stückzahl|bestellmenge|absatzmenge|verkaufte menge", "absatz"),
        (
            Role::UnitPrice,
            "einzelpreis|stückpreis|preis|preis pro stück|e preis|verkaufspreis|artikelpreis|vk preis|vk",
            "listenpreis",
        ),
        (
            Role::TransactionId,
            "bestellnummer|bestellnr|bestell nr|bestell id|bestellung|auftragsnummer|auftragsnr|auftrags nr|auftrag|\
             rechnungsnummer|rechnungsnr|rechnungs nr|rechnung|belegnummer|belegnr|beleg nr|beleg|bonnummer|bon nr|\
             bon|transaktionsnummer|transaktions id|transaktion|vorgangsnummer|vorgang|kassenbon|warenkorb id",
            "referenz",
        ),
        (
            Role::OriginalTransactionId,
            "ursprungsrechnung|originalrechnung|storno zu|ursprungsbeleg|gutschrift zu|ursprungsbestellung",
            "",
        ),
        (
            Role::ProductId,
            "artikelnummer|artikelnr|artikel nr|art nr|artnr|artikel id|artikel|produktnummer|produktnr|produkt id|\
             produkt|materialnummer|material|sachnummer",
            "artikelbezeichnung|bezeichnung|artikelname|produktname",
        ),
        (
            Role::ProductName,
            "artikelbezeichnung|bezeichnung|artikelname|produktname|produktbezeichnung|artikeltext",
            "beschreibung",
        ),
        (
            Role::Category,
            "warengruppe|kategorie|artikelgruppe|produktgruppe|produktkategorie|sortiment|abteilung|sparte",
            "gruppe|marke",
        ),
        (Role::Channel, "kanal|vertriebskanal|verkaufskanal|vertriebsweg|bestellweg|bestellkanal", "quelle|herkunft"),
        (Role::Cost, "kosten|einstandspreis|einkaufspreis|wareneinsatz|ek preis|ek|herstellkosten", ""),
        (Role::Margin, "marge|deckungsbeitrag|rohertrag|gewinn|spanne", ""),
        (Role::Discount, "rabatt|nachlass|preisnachlass|rabattbetrag", "skonto"),
        (Role::Shipping, "versandkosten|versand|porto|fracht|frachtkosten|lieferkosten", ""),
        (Role::Refunded, "erstattung|erstatteter betrag|erstattet|gutschrift|rückerstattung", ""),
        (Role::Store, "filiale|filialnr|filialnummer|geschäft|laden|standort|markt|niederlassung|kasse", ""),
        (Role::Currency, "währung|währungscode|waehrung|whrg", ""),
        (Role::Status, "bestellstatus|auftragsstatus|zahlungsstatus|rechnungsstatus|zustand", ""),
        (Role::BirthDate, "geburtsdatum|geburtstag|geb datum", ""),
        (Role::Gender, "geschlecht|anrede", ""),
        (Role::City, "ort|stadt|wohnort", ""),
        (Role::Region, "bundesland|region|gebiet|kanton", ""),
        (Role::Country, "land|länderkennzeichen|ländercode", ""),
        (
            Role::AcquiredAt,
            "kunde seit|angelegt am|registriert am|registrierungsdatum|anmeldedatum|eintrittsdatum|erstkontakt",
            "",
        ),
        (Role::AcquisitionChannel, "akquisekanal|gewonnen über|herkunft", ""),
        (
            Role::Touchpoint,
            "kontaktart|kontaktpunkt|ereignis|aktivität|aktivitätsart|ereignistyp|kontakttyp",
            "art|typ|kanal",
        ),
        (Role::Direction, "richtung", ""),
        (Role::Outcome, "ergebnis|gesprächsergebnis", ""),
        (Role::Duration, "dauer|gesprächsdauer", ""),
        (Role::Topic, "thema|anliegen|grund|betreff", ""),
        (Role::CampaignId, "kampagne|kampagnen id|kampagnennr|kampagnennummer|aktion|aktionsnummer", ""),
        (Role::CampaignName, "kampagnenname|aktionsname", ""),
        (Role::Start, "beginn|startdatum|von|gültig ab|start", ""),
        (Role::End, "ende|enddatum|bis|gültig bis", ""),
        (Role::CostPerContact, "kosten pro kontakt|kontaktkosten", ""),
        (Role::Offer, "angebot|gutschein", ""),
        (Role::Arm, "gruppe|testgruppe|kontrollgruppe|versuchsgruppe", ""),
        (Role::ContactedAt, "kontaktiert am|versanddatum|versendet am|kontaktdatum", ""),
        (Role::RespondedAt, "reagiert am|antwortdatum|eingelöst am", ""),
        (Role::Score, "bewertung|note|punkte|zufriedenheit|weiterempfehlung|sterne", "wert"),
        (Role::Text, "kommentar|bemerkung|freitext|rezension", "notiz"),
    ],
    modifiers: "letztes|letzter|letzte|erstes|erster|erste|fällig|fälligkeit|liefer|lieferung|versand|geburts|storno|\
        steuer|mwst|ust|rabatt|durchschnittlicher|durchschnitt|mittlerer|monatlicher|änderungs|geändert",
};
