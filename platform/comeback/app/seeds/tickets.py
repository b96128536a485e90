"""Questions of the demo shops' customers, in their languages and in every state, through the same use cases as the
pages and the studio."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from comeback.app.seeds.loading import Loader
from comeback.app.seeds.sales import Sale
from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.merchants.service import get_shop, list_staff
from comeback.orders.service import get_order
from comeback.support import service as support
from comeback.support.errors import MacroTaken
from comeback.support.schemas import MacroIn


class Words(msgspec.Struct, frozen=True):
    """What people write in one language: a late parcel, a return with our answer, a product with answer and thanks."""

    late: str
    back: str
    back_answer: str
    product: str
    product_answer: str
    thanks: str


WORDS: dict[str, Words] = {
    "en": Words(
        "Where is my parcel?\nThe page says it is on its way, but nothing has moved for days.",
        "Can I send back one item only?\nThe other one is perfect.",
        "Hello,\n\nof course: choose just that item on the returns page, the label comes by mail.\n\nKind regards",
        "Is the table oiled or lacquered?",
        "Hello,\n\nit is oiled. A little oil once a year keeps it beautiful.\n\nKind regards",
        "Perfect, thank you!",
    ),
    "de": Words(
        "Wo bleibt mein Paket?\nSeit Tagen bewegt sich nichts, und am Samstag ist der Geburtstag.",
        "Kann ich auch nur einen Artikel zurückschicken?\nDer andere passt wunderbar.",
        "Guten Tag,\n\nja, wählen Sie auf der Retourenseite nur diesen Artikel. Das Etikett kommt per E-Mail.\n\n"
        "Freundliche Grüße",
        "Ist die Keramik spülmaschinenfest?",
        "Guten Tag,\n\nja, bis 60 Grad ohne Bedenken.\n\nFreundliche Grüße",
        "Prima, vielen Dank!",
    ),
    "it": Words(
        "Dov’è il mio pacco?\nDoveva arrivare ieri e nella pagina non cambia nulla.",
        "Ho sbagliato misura, posso cambiarla?\nNon l’ho usato.",
        "Buongiorno,\n\ncerto: nella pagina dei resi scelga il cambio e la misura giusta.\n\nCordiali saluti",
        "La lampada funziona anche con lampadine LED?",
        "Buongiorno,\n\nsì, con attacco E27 fino a 12 watt.\n\nCordiali saluti",
        "Grazie mille, gentilissimi!",
    ),
    "es": Words(
        "¿Dónde está mi pedido?\nLlevo tres días sin noticias del transportista.",
        "¿Cómo devuelvo un artículo?\nEl color no es el que esperaba.",
        "Buenos días:\n\nelija el artículo en la página de devoluciones y le enviamos la etiqueta.\n\nUn saludo",
        "¿El tejido es de algodón orgánico?",
        "Buenos días:\n\nsí, es algodón orgánico certificado.\n\nUn saludo",
        "Estupendo, gracias.",
    ),
    "fr": Words(
        "Où est mon colis\u202f?\nLe suivi n’a pas bougé depuis trois jours.",
        "Je voudrais renvoyer un seul article.\nComment faire\u202f?",
        "Bonjour,\n\nchoisissez cet article sur la page de retour, l’étiquette vous arrive par e-mail.\n\nCordialement",
        "Ce tapis passe-t-il en machine\u202f?",
        "Bonjour,\n\noui, à 30 degrés, sans essorage.\n\nCordialement",
        "Parfait, merci beaucoup\u202f!",
    ),
    "pl": Words(
        "Gdzie jest moja paczka?\nOd kilku dni nic się nie zmienia.",
        "Czy mogę zwrócić tylko jedną rzecz?\nDruga pasuje idealnie.",
        "Dzień dobry,\n\noczywiście: na stronie zwrotów prosimy wybrać tę jedną rzecz, etykieta przyjdzie e-mailem.\n\n"
        "Pozdrawiamy",
        "Czy tę poszewkę można prać w 60 stopniach?",
        "Dzień dobry,\n\nnajlepiej w 40 stopniach.\n\nPozdrawiamy",
        "Bardzo dziękuję!",
    ),
    "ro": Words(
        "Unde este coletul meu?\nDe câteva zile nu s-a mai schimbat nimic.",
        "Pot returna un singur produs?\nCelălalt este perfect.",
        "Bună ziua,\n\ndesigur: alegeți doar acel produs pe pagina de retur, eticheta vine prin e-mail.\n\nCu stimă",
        "Scaunul vine montat?",
        "Bună ziua,\n\nse montează doar picioarele, în cinci minute.\n\nCu stimă",
        "Mulțumesc frumos!",
    ),
    "ru": Words(
        "Где моя посылка?\nУже несколько дней статус не меняется.",
        "Можно вернуть только одну вещь?\nВторая отлично подошла.",
        "Здравствуйте!\n\nКонечно: выберите на странице возврата только её, этикетка придёт по почте.\n\nС уважением",
        "Подходит ли эта куртка для дождя?",
        "Здравствуйте!\n\nДа, ткань непромокаемая, швы проклеены.\n\nС уважением",
        "Отлично, спасибо!",
    ),
}
MACROS: dict[str, dict[str, str]] = {
    "de": {
        "Paket ist unterwegs": "Guten Tag {first_name},\n\nIhre Bestellung {order_number} ist unterwegs. "
        "Die Sendungsnummer ist {tracking_number}.\n\nFreundliche Grüße\n{agent_name}",
        "Wir fragen beim Paketdienst nach": "Guten Tag {first_name},\n\ndas tut uns leid. Wir haben beim "
        "Paketdienst nachgefragt und melden uns bis morgen.\n\nFreundliche Grüße\n{agent_name}",
        "So geht die Rückgabe": "Guten Tag {first_name},\n\nwählen Sie auf der Retourenseite aus, was zurückgeht. "
        "Das Etikett kommt per E-Mail.\n\nFreundliche Grüße\n{agent_name}",
    },
    "en": {
        "Parcel is on its way": "Hello {first_name},\n\nyour order {order_number} is on its way. "
        "Its tracking number is {tracking_number}.\n\nKind regards\n{agent_name}",
        "We ask the carrier": "Hello {first_name},\n\nwe are sorry. We have asked the carrier and write to you by "
        "tomorrow.\n\nKind regards\n{agent_name}",
        "How to return": "Hello {first_name},\n\nchoose on the returns page what comes back. "
        "The label comes by mail.\n\nKind regards\n{agent_name}",
    },
}
NOTES = {
    "de": "Beim Paketdienst nachgefragt, Antwort bis morgen zugesagt.",
    "en": "Asked the carrier, answer promised.",
}
STUCK = frozenset({"missing", "at_the_door", "delayed", "failed_attempt"})


def _handed_over(sale: Sale) -> datetime:
    return max(parcel.shipped_at for parcel in sale.parcels)


class Helper:
    """Somebody who answers the questions of a demo shop."""

    def __init__(self, loader: Loader) -> None:
        self.loader, self.services, self.shop_id = loader, loader.services, loader.shop.shop_id

    async def work(self) -> int:
        """Every story of every language that somebody speaks; answers how many questions there are. Doing it again
        adds nothing."""
        async with self.services.database.write(self.shop_id) as session:
            self.language = (await get_shop(session)).locale
            me = (await list_staff(session))[0]
            self.me, self.my_id = support.Author(me.name), me.id
            for name, body in MACROS.get(self.language, MACROS["en"]).items():
                try:
                    await support.create_macro(session, MacroIn(name=name, body=body))
                except MacroTaken:
                    continue
        count = 0
        for place, (language, words) in enumerate(WORDS.items()):
            count += await self._speak(language, words, timedelta(hours=5 * place + 1))
        await self.loader.settle_down()
        return count

    async def _speak(self, language: str, words: Words, ago: timedelta) -> int:
        now, sold = clock.now(), self._sold(language)
        # Who asks where a parcel is has none yet: the one handed over last is the most likely still to be on its way.
        live = sorted((sale for sale in sold if sale.live), key=_handed_over, reverse=True)
        stuck = [sale for sale in live if any(parcel.scenario in STUCK for parcel in sale.parcels)] or live
        quiet = [sale for sale in sold if sale not in stuck[:1]]
        asked = 0
        async with self.services.database.write(self.shop_id) as session:
            for sale in (stuck or quiet)[:1]:
                await self._late(session, sale, words, now - ago)
                asked += 1
            for sale in quiet[1:2]:
                await self._back(session, sale, words, now - ago - timedelta(days=1))
                asked += 1
            for sale in quiet[2:3]:
                await self._product(session, sale, words, now - ago - timedelta(days=3))
                asked += 1
        return asked

    def _sold(self, language: str) -> list[Sale]:
        """The newest orders of people who speak a language."""
        return [s for s in reversed(self.loader.sales) if s.parcels and (s.order.customer.locale or "")[:2] == language]

    async def _ask(self, session: WriteSession, sale: Sale, topic: str, body: str, at: datetime) -> tuple[UUID, bool]:
        order = await get_order(session, self.loader.orders[sale.order.external_id])
        at = max(at, order.placed_at + timedelta(hours=3))
        ticket_id = await support.open_from_page(
            session,
            self.services.settings,
            support.Asked(
                customer_id=order.customer_id, order_id=order.id, topic=topic, body=body, at=at, confirm=False,
                external_id=f"demo-{topic}-{order.external_id}", locale=sale.order.customer.locale,
            ),
        )  # fmt: skip
        known = await support.get_ticket(session, self.services.settings, ticket_id)
        return ticket_id, known.ticket.messages == 1

    async def _late(self, session: WriteSession, sale: Sale, words: Words, at: datetime) -> None:
        ticket_id, new = await self._ask(session, sale, "wismo", words.late, at)
        if new and sale.order.customer.locale == self.language:
            note = NOTES.get(self.language, NOTES["en"])
            await support.write(session, self.services.settings, ticket_id, self.me, "note", note)
            await support.assign(session, ticket_id, self.my_id)

    async def _back(self, session: WriteSession, sale: Sale, words: Words, at: datetime) -> None:
        ticket_id, new = await self._ask(session, sale, "return", words.back, at)
        if new:
            await self._answer(session, ticket_id, words.back_answer, at + timedelta(hours=2))

    async def _product(self, session: WriteSession, sale: Sale, words: Words, at: datetime) -> None:
        ticket_id, new = await self._ask(session, sale, "product", words.product, at)
        if new:
            await self._answer(session, ticket_id, words.product_answer, at + timedelta(hours=1))
            await support.write(
                session, self.services.settings, ticket_id, self.me, "customer", words.thanks, at + timedelta(hours=5)
            )
            await support.close_ticket(session, ticket_id, at + timedelta(hours=6))

    async def _answer(self, session: WriteSession, ticket_id: UUID, body: str, at: datetime) -> None:
        await support.write(session, self.services.settings, ticket_id, self.me, "reply", body, at)
