//! French column names.

use super::super::role::Role;
use super::{Head, Language};

pub(super) const WORDS: Language = Language {
    name: "French",
    head: Head::First,
    roles: &[
        (
            Role::CustomerId,
            "client|id client|identifiant client|numéro client|numéro de client|n client|no client|num client|\
             code client|réf client|acheteur|id acheteur|compte|compte client|adhérent|numéro adhérent|membre|\
             id utilisateur|utilisateur|foyer|donateur",
            "identifiant",
        ),
        (Role::Email, "courriel|adresse email|adresse e mail|adresse mail|mail client|email client", ""),
        (Role::Phone, "téléphone|numéro de téléphone|portable|tél|mobile", ""),
        (Role::CustomerName, "nom client|nom du client|raison sociale|nom complet|société", "nom"),
        (
            Role::Timestamp,
            "date commande|date de commande|date de la commande|date facture|date de facture|date de facturation|\
             date achat|date d achat|date de vente|date vente|date transaction|date de transaction|date du ticket|\
             commandé le",
            "date|horodatage|date de création|créé le|date heure|date paiement|date de paiement|jour|date d appel",
        ),
        (
            Role::Amount,
            "montant|montant total|montant ttc|montant ht|total ttc|total ht|total commande|montant commande|\
             montant facture|montant payé|chiffre d affaires|chiffre affaires|ca|ca ht|ca ttc|prix total|\
             valeur commande|montant achat|dépense|ventes",
            "valeur|prix|prix ttc|somme|sous total",
        ),
        (Role::Quantity, "quantité|qté|nombre d articles|nb articles|quantité commandée|nombre", ""),
        (Role::UnitPrice, "prix unitaire|pu|prix unitaire ht|prix unitaire ttc|prix|pu ht|pu ttc|prix de vente", ""),
        (
            Role::TransactionId,
            "commande|numéro commande|numéro de commande|n commande|no commande|num commande|id commande|\
             référence commande|facture|numéro facture|numéro de facture|n facture|num facture|id facture|ticket|\
             numéro ticket|numéro de ticket|id transaction|id ticket|panier|id panier|n de commande|n de facture",
            "référence|numéro",
        ),
        (
            Role::OriginalTransactionId,
            "facture origine|facture d origine|commande origine|commande d origine|avoir sur facture",
            "",
        ),
        (
            Role::ProductId,
            "produit|code produit|id produit|référence produit|réf produit|article|code article|id article|\
             référence article|réf article",
            "désignation|libellé|nom produit",
        ),
        (
            Role::ProductName,
            "désignation|libellé|nom produit|nom du produit|libellé article|libellé produit",
            "description",
        ),
        (Role::Category, "catégorie|catégorie produit|famille|rayon|famille produit|gamme", "marque|groupe"),
        (Role::Channel, "canal|canal de vente|canal vente|canal d achat", "source|origine"),
        (Role::Cost, "coût|prix d achat|prix de revient|coût d achat", ""),
        (Role::Margin, "marge|bénéfice|marge brute", ""),
        (Role::Discount, "remise|réduction|rabais|montant remise", ""),
        (Role::Shipping, "frais de port|livraison|frais de livraison|port", ""),
        (Role::Refunded, "remboursement|montant remboursé|remboursé", ""),
        (Role::Store, "magasin|boutique|code magasin|point de vente|agence", ""),
        (Role::Currency, "devise|monnaie|code devise", ""),
        (Role::Status, "statut|statut commande|statut de la commande|état|état commande|statut paiement", ""),
        (Role::BirthDate, "date de naissance|date naissance|naissance", ""),
        (Role::Gender, "sexe|genre|civilité", ""),
        (Role::City, "ville|commune", ""),
        (Role::Region, "région|département", ""),
        (Role::Country, "pays|code pays", ""),
        (
            Role::AcquiredAt,
            "date d inscription|date inscription|inscrit le|client depuis|date de création|date d adhésion",
            "",
        ),
        (Role::Touchpoint, "point de contact|événement|type de contact|activité|type d activité", "type|canal"),
        (Role::Outcome, "résultat|issue", ""),
        (Role::Duration, "durée|durée appel", ""),
        (Role::Topic, "sujet|motif|objet", ""),
        (Role::CampaignId, "campagne|id campagne|code campagne", ""),
        (Role::CampaignName, "nom campagne|nom de la campagne", ""),
        (Role::Start, "début|date début|date de début", ""),
        (Role::End, "fin|date fin|date de fin", ""),
        (Role::CostPerContact, "coût par contact", ""),
        (Role::Offer, "offre", ""),
        (Role::Arm, "groupe|groupe test|groupe témoin", ""),
        (Role::ContactedAt, "date d envoi|date envoi|contacté le|envoyé le", ""),
        (Role::RespondedAt, "date réponse|date de réponse|répondu le", ""),
        (Role::Score, "note|score|satisfaction|recommandation", ""),
        (Role::Text, "commentaire|commentaires|avis|verbatim|remarque", ""),
    ],
    modifiers: "dernière|dernier|première|premier|naissance|livraison|échéance|expédition|remise|taxe|tva|port|moyen|\
        panier|inscription|modification|remboursé|prévue",
};
