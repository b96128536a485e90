"""Where the invented customers live: eight languages, with names, streets and towns that exist there."""

import msgspec


class Land(msgspec.Struct, frozen=True, kw_only=True):
    """One language in one country."""

    locale: str
    country: str
    timezone: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[tuple[str, str], ...]
    """(postcode, city)."""
    number_first: bool = False
    """Whether the house number stands before the street."""
    phone: str = ""
    """The beginning of an invented phone number."""
    mail: str = "mail"


def _towns(text: str) -> tuple[tuple[str, str], ...]:
    made: list[tuple[str, str]] = []
    for part in text.split(","):
        postcode, _, city = part.strip().partition("|")
        made.append((postcode, city))
    return tuple(made)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


GERMANY = Land(
    locale="de", country="DE", timezone="Europe/Berlin", phone="+49 30 2312", mail="post",
    first=_list("Anna, Ben, Clara, David, Emilia, Finn, Greta, Hannes, Ida, Jakob, Klara, Leon, Mia, Noah, Olivia, "
                "Paul, Romy, Samuel, Thea, Valentin, Lotte, Jonas, Frieda, Anton, Marlene, Oskar, Jule, Theo"),
    last=_list("Müller, Schäfer, Krüger, Weiß, Größl, Jäger, Brandt, Lorenz, Seidel, Vogt, Hartmann, Böhm, Kessler, "
               "Albers, Ebert, Faber, Gruber, Hübner, Jansen, Köhler, Lindner, Möller, Neumann, Reuter, Stahl"),
    streets=_list("Lindenallee, Gartenweg, Dorfanger, Mühlgasse, Rosenstraße, Bergstraße, Kirchplatz, Feldweg"),
    towns=_towns("04109|Leipzig, 10115|Berlin, 20095|Hamburg, 50667|Köln, 80331|München, 01067|Dresden, 28195|Bremen,"
                 "70173|Stuttgart, 99084|Erfurt"),
)  # fmt: skip
AUSTRIA = Land(
    locale="de", country="AT", timezone="Europe/Vienna", mail="post", first=GERMANY.first, last=GERMANY.last,
    streets=_list("Hauptplatz, Schlossgasse, Kaiserallee, Wiesenweg"),
    towns=_towns("1010|Wien, 8010|Graz, 5020|Salzburg"),
)  # fmt: skip
IRELAND = Land(
    locale="en", country="IE", timezone="Europe/Dublin", number_first=True,
    first=_list("Aoife, Brian, Ciara, Declan, Emma, Fionn, Grace, Hugh, Isla, Jack, Kate, Liam, Maeve, Niall, Orla,"
                "Patrick, Roisin, Sean, Tara, Una, Alice, Callum, Daisy, Edward, Freya, George, Harriet, Ivy, James"),
    last=_list("Byrne, Doyle, Kelly, Murphy, Nolan, O'Brien, O'Connor, Quinn, Ryan, Walsh, Brown, Clarke, Evans, Green,"
               "Harris, Moore, Taylor, Ward, Young, Fletcher"),
    streets=_list("Harbour Row, Mill Lane, Church Street, Orchard Close, Quay Street, Abbey Road, Castle Hill"),
    towns=_towns("D02 XY45|Dublin, H91 E2K3|Galway, T12 AB34|Cork, V94 T9PX|Limerick"),
)  # fmt: skip
ITALY = Land(
    locale="it", country="IT", timezone="Europe/Rome", phone="+39 06 5550", mail="posta",
    first=_list("Giulia, Marco, Chiara, Luca, Francesca, Matteo, Elena, Davide, Sara, Andrea, Martina, Paolo, Alice"),
    last=_list("Rossi, Bianchi, Ferrari, Esposito, Romano, Colombo, Ricci, Marino, Greco, Conti, Costa, Galli"),
    streets=_list("Via Garibaldi, Via dei Mille, Corso Italia, Via San Marco, Piazza Dante"),
    towns=_towns("00184|Roma, 20121|Milano, 50122|Firenze, 40126|Bologna, 10121|Torino"),
)  # fmt: skip
SPAIN = Land(
    locale="es", country="ES", timezone="Europe/Madrid", phone="+34 91 555", mail="correo",
    first=_list("Lucía, Javier, Carmen, Pablo, María, Álvaro, Elena, Diego, Sofía, Sergio, Irene, Iñigo, Nuria"),
    last=_list("García, Martínez, López, Sánchez, Pérez, Gómez, Ruiz, Díaz, Muñoz, Romero, Navarro, Ibáñez"),
    streets=_list("Calle Mayor, Calle de la Luna, Avenida del Mar, Plaza Nueva, Calle Real"),
    towns=_towns("28013|Madrid, 08002|Barcelona, 41001|Sevilla, 46002|Valencia, 48005|Bilbao"),
)  # fmt: skip
POLAND = Land(
    locale="pl", country="PL", timezone="Europe/Warsaw", phone="+48 22 555", mail="poczta",
    first=_list("Agnieszka, Piotr, Katarzyna, Tomasz, Zofia, Michał, Magdalena, Paweł, Ewa, Jakub, Hanna, Łukasz"),
    last=_list("Nowak, Kowalczyk, Wójcik, Kamiński, Lewandowski, Zieliński, Szymański, Woźniak, Dąbrowski, Mazur"),
    streets=_list("ul. Długa, ul. Lipowa, ul. Ogrodowa, ul. Polna, al. Jerozolimskie"),
    towns=_towns("00-001|Warszawa, 31-004|Kraków, 80-831|Gdańsk, 50-101|Wrocław, 61-001|Poznań"),
)  # fmt: skip
ROMANIA = Land(
    locale="ro", country="RO", timezone="Europe/Bucharest", phone="+40 21 555", mail="posta",
    first=_list("Andreea, Mihai, Ioana, Andrei, Elena, Ștefan, Maria, Alexandru, Ana, Radu, Cristina, Vlad"),
    last=_list("Popescu, Ionescu, Dumitru, Stan, Gheorghe, Munteanu, Rusu, Stoica, Matei, Țăranu"),
    streets=_list("Strada Florilor, Bulevardul Unirii, Strada Mihai Eminescu, Calea Victoriei"),
    towns=_towns("010071|București, 400001|Cluj-Napoca, 300001|Timișoara, 700001|Iași"),
)  # fmt: skip
LATVIA = Land(
    locale="ru", country="LV", timezone="Europe/Riga", phone="+371 67 555", mail="pochta",
    first=_list("Анна, Дмитрий, Елена, Сергей, Ольга, Алексей, Мария, Иван, Наталья, Андрей, Светлана, Павел"),
    last=_list("Волков, Лебедев, Орлов, Соколов, Новик, Зуев, Громов, Белов, Мороз, Королёв"),
    streets=_list("Brīvības iela, Lāčplēša iela, Elizabetes iela, Stabu iela"),
    towns=_towns("LV-1010|Rīga, LV-5401|Daugavpils, LV-3401|Liepāja"),
)  # fmt: skip
FRANCE = Land(
    locale="fr", country="FR", timezone="Europe/Paris", phone="+33 1 70 55", mail="courriel", number_first=True,
    first=_list("Camille, Louis, Chloé, Hugo, Léa, Gabriel, Manon, Arthur, Inès, Jules, Zoé, Raphaël, Élise"),
    last=_list("Martin, Bernard, Dubois, Moreau, Laurent, Lefèvre, Michel, Garçon, Roux, Fontaine, Chevalier"),
    streets=_list("rue de la Paix, rue des Lilas, avenue Victor-Hugo, place du Marché, rue du Moulin"),
    towns=_towns("75011|Paris, 69002|Lyon, 33000|Bordeaux, 44000|Nantes, 13001|Marseille"),
)  # fmt: skip
LANDS = (GERMANY, AUSTRIA, IRELAND, ITALY, SPAIN, POLAND, ROMANIA, LATVIA, FRANCE)
