//! Spanish column names.

use super::super::role::Role;
use super::{Head, Language};

pub(super) const WORDS: Language = Language {
    name: "Spanish",
    head: Head::First,
    roles: &[
        (
            Role::CustomerId,
            "cliente|id cliente|id de cliente|número de cliente|numero cliente|n cliente|no cliente|código cliente|\
             código de cliente|cod cliente|comprador|id comprador|cuenta|usuario|id usuario|socio|número de socio|\
             rut|nif|dni",
            "identificador",
        ),
        (Role::Email, "correo|correo electrónico|email cliente|correo cliente", ""),
        (Role::Phone, "teléfono|móvil|celular|número de teléfono", ""),
        (Role::CustomerName, "nombre cliente|nombre del cliente|razón social|nombre completo", "nombre"),
        (
            Role::Timestamp,
            "fecha pedido|fecha de pedido|fecha del pedido|fecha factura|fecha de factura|fecha compra|\
             fecha de compra|fecha venta|fecha de venta|fecha transacción|fecha de transacción|fecha orden|\
             fecha de la orden",
            "fecha|fecha hora|fecha y hora|fecha creación|fecha de creación|creado|creado el|fecha pago|\
             fecha de pago|marca temporal",
        ),
        (
            Role::Amount,
            "importe|monto|importe total|monto total|total pedido|total factura|importe pedido|total compra|ventas|\
             venta|ingresos|facturación|precio total|valor total|importe neto|importe bruto|total neto|gasto|\
             total pagado|valor compra",
            "valor|precio|subtotal|suma|neto",
        ),
        (Role::Quantity, "cantidad|cant|unidades|uds|número de artículos|piezas", ""),
        (Role::UnitPrice, "precio unitario|precio|precio unidad|precio por unidad|precio de venta", ""),
        (
            Role::TransactionId,
            "pedido|número de pedido|numero pedido|n pedido|no pedido|id pedido|id de pedido|factura|\
             número de factura|numero factura|n factura|no factura|id factura|orden|número de orden|id orden|ticket|\
             id transacción|número de ticket|boleta|folio|albarán|compra id|id compra|id venta",
            "referencia|número",
        ),
        (Role::OriginalTransactionId, "factura original|pedido original|factura rectificada", ""),
        (
            Role::ProductId,
            "producto|código producto|código de producto|id producto|cod producto|artículo|código artículo|\
             id artículo|código de artículo|referencia producto|referencia artículo",
            "descripción|nombre producto",
        ),
        (Role::ProductName, "nombre producto|nombre del producto|descripción|descripción producto|nombre artículo", ""),
        (Role::Category, "categoría|categoría producto|familia|rubro|línea|departamento", "marca|grupo"),
        (Role::Channel, "canal|canal de venta|canal venta|medio", "origen|fuente"),
        (Role::Cost, "costo|coste|precio de compra|costo unitario", ""),
        (Role::Margin, "margen|ganancia|beneficio|utilidad", ""),
        (Role::Discount, "descuento|rebaja|importe descuento", ""),
        (Role::Shipping, "envío|gastos de envío|costo de envío|coste de envío|flete", ""),
        (Role::Refunded, "reembolso|importe reembolsado|devolución", ""),
        (Role::Store, "tienda|sucursal|local|código tienda|almacén", ""),
        (Role::Currency, "moneda|divisa", ""),
        (Role::Status, "estado pedido|estado del pedido|estado de pago|estatus", "estado"),
        (Role::BirthDate, "fecha de nacimiento|fecha nacimiento", ""),
        (Role::Gender, "sexo|género", ""),
        (Role::City, "ciudad|municipio|población|localidad", ""),
        (Role::Region, "región|provincia|comunidad autónoma", ""),
        (Role::Country, "país", ""),
        (Role::AcquiredAt, "fecha de alta|fecha alta|cliente desde|fecha registro|fecha de registro", ""),
        (
            Role::Touchpoint,
            "punto de contacto|evento|tipo de contacto|actividad|tipo de evento|interacción",
            "tipo|canal",
        ),
        (Role::Outcome, "resultado", ""),
        (Role::Duration, "duración", ""),
        (Role::Topic, "tema|motivo|asunto", ""),
        (Role::CampaignId, "campaña|id campaña|código campaña", ""),
        (Role::CampaignName, "nombre campaña|nombre de campaña", ""),
        (Role::Start, "inicio|fecha inicio|fecha de inicio", ""),
        (Role::End, "fin|fecha fin|fecha de fin", ""),
        (Role::CostPerContact, "costo por contacto|coste por contacto", ""),
        (Role::Offer, "oferta", ""),
        (Role::Arm, "grupo|grupo de control|grupo control", ""),
        (Role::ContactedAt, "fecha envío|fecha de envío|fecha contacto|enviado el", ""),
        (Role::RespondedAt, "fecha respuesta|fecha de respuesta", ""),
        (Role::Score, "puntuación|calificación|nota|valoración|satisfacción", ""),
        (Role::Text, "comentario|comentarios|observaciones|opinión", ""),
    ],
    modifiers: "última|último|primera|primer|nacimiento|entrega|vencimiento|envío|descuento|impuesto|iva|promedio|\
        medio|alta|registro|modificación|prevista|reembolso",
};
