"""Pigments and the elements by which X-ray fluorescence shows them.

Chemical compositions as in the handbooks of the field (Eastaugh and others, Pigment Compendium, 2008;
Artists' Pigments, National Gallery of Art, volumes 1 to 4). Only elements from sodium on are named: lighter
ones have no line that passes air. The first element is the one to look for.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pigment:
    """A pigment or material.

    Attributes
    ----------
    name : str
        In English.
    elements : tuple of str
        Symbols.
    others : tuple of str
        Other names: synonyms, and those in German, French, Italian, Spanish and Dutch.
    """

    name: str
    elements: tuple[str, ...]
    others: tuple[str, ...] = ()


# Name | elements | other names
_TABLE = """
lead white | Pb | flake white, Kremser white, Bleiweiß, Bleiweiss, blanc de plomb, céruse, biacca, \
bianco di piombo, albayalde, blanco de plomo, loodwit
zinc white | Zn | Chinese white, zinc oxide, Zinkweiß, Zinkweiss, blanc de zinc, bianco di zinco, blanco \
de zinc, zinkwit
titanium white | Ti | titanium dioxide, rutile, anatase, Titanweiß, Titanweiss, blanc de titane, bianco \
di titanio, blanco de titanio, titaanwit
lithopone | Zn, Ba, S | Lithopon, lithopon, litopone, litopón
barium white | Ba, S | blanc fixe, baryte, barite, barium sulphate, barium sulfate, Barytweiß, \
Barytweiss, Permanentweiß, blanc de baryte, bianco di bario, blanco de bario, bariumwit
chalk | Ca | calcium carbonate, calcite, lime white, whiting, Kreide, craie, creta, tiza, krijt
gypsum | Ca, S | gesso, calcium sulphate, calcium sulfate, Gips, gypse, plâtre, yeso, gips
bone black | Ca, P | ivory black, Beinschwarz, Elfenbeinschwarz, noir d'os, noir d'ivoire, nero d'ossa, \
nero d'avorio, negro de hueso, negro de marfil, beenderzwart, ivoorzwart
bone white | Ca, P | Knochenweiß, Knochenweiss, blanc d'os, bianco d'ossa, blanco de hueso, beenderwit
vermilion | Hg, S | cinnabar, mercury sulphide, mercury sulfide, Zinnober, vermillon, cinabre, \
vermiglione, cinabro, bermellón, cinabrio, vermiljoen
red lead | Pb | minium, Mennige, mine orange, minio, menie
iron gall ink | Fe, S | Eisengallustinte, encre ferrogallique, encre métallo-gallique, inchiostro \
ferrogallico, tinta ferrogálica, ijzergallusinkt
red ochre | Fe | red earth, haematite, hematite, red iron oxide, caput mortuum, roter Ocker, ocre rouge, \
ocra rossa, ocre rojo, rode oker, Hämatit, sanguine
yellow ochre | Fe | ochre, ocher, goethite, gelber Ocker, Ocker, ocre jaune, ocre, ocra gialla, ocra, \
ocre amarillo, gele oker, oker, sienna
umber | Fe, Mn | raw umber, burnt umber, Umbra, terre d'ombre, terra d'ombra, tierra de sombra, omber
manganese black | Mn | pyrolusite, Manganschwarz, Braunstein, noir de manganèse, nero di manganese, \
negro de manganeso, mangaanzwart, bruinsteen
green earth | Fe, K | terre verte, celadonite, glauconite, grüne Erde, terra verde, tierra verde, groene \
aarde
Prussian blue | Fe, K | Berliner Blau, Preußischblau, Preussischblau, bleu de Prusse, blu di Prussia, \
azul de Prusia, Pruisisch blauw, Berlijns blauw
ultramarine | Si, Al, Na, S | lapis lazuli, lazurite, Ultramarin, Lapislazuli, outremer, bleu outremer, \
oltremare, ultramar, azul ultramar, ultramarijn
smalt | Co, K, As, Ni | cobalt glass, Smalte, smaltino, smaltina, esmalte
cobalt blue | Co, Al | Thénard's blue, Kobaltblau, bleu de cobalt, blu di cobalto, azul cobalto, azul de \
cobalto, kobaltblauw
cerulean blue | Co, Sn | Coelinblau, Cölinblau, bleu céruléum, bleu céleste, blu ceruleo, azul cerúleo, \
ceruleumblauw
cobalt green | Co, Zn | Rinmann's green, Kobaltgrün, vert de cobalt, verde di cobalto, verde de cobalto, \
kobaltgroen
cobalt violet | Co, P, As | Kobaltviolett, violet de cobalt, violetto di cobalto, violeta de cobalto, \
kobaltviolet
azurite | Cu | Azurit, azzurrite, azurita, azuriet
malachite | Cu | Malachit, malachita, malachiet
verdigris | Cu | copper resinate, Grünspan, vert-de-gris, verdet, verderame, verdigrís, cardenillo, \
Spaans groen, kopergroen
Egyptian blue | Cu, Ca, Si | cuprorivaite, Ägyptisch Blau, bleu égyptien, blu egizio, azul egipcio, \
Egyptisch blauw
emerald green | Cu, As | Paris green, Schweinfurt green, Schweinfurter Grün, vert Véronèse, vert de \
Schweinfurt, verde smeraldo di Schweinfurt, verde de París, verde de Schweinfurt, smaragdgroen, \
Schweinfurter groen
Scheele's green | Cu, As | Scheeles Grün, vert de Scheele, verde di Scheele, verde de Scheele, Scheeles \
groen
viridian | Cr | chromium oxide green, Chromoxidgrün, vert émeraude, oxyde de chrome, viridiana, verde \
viridian, ossido di cromo, verde de cromo, óxido de cromo, chroomoxidegroen, viridiaan
chrome yellow | Pb, Cr | lead chromate, Chromgelb, jaune de chrome, giallo di cromo, giallo cromo, \
amarillo de cromo, chroomgeel
zinc yellow | Zn, Cr, K | Zinkgelb, jaune de zinc, giallo di zinco, amarillo de zinc, zinkgeel
strontium yellow | Sr, Cr | lemon yellow, Strontiumgelb, jaune de strontium, giallo di stronzio, \
amarillo de estroncio, strontiumgeel
barium yellow | Ba, Cr | Barytgelb, jaune de baryum, giallo di bario, amarillo de bario, bariumgeel
cadmium yellow | Cd, S | Kadmiumgelb, Cadmiumgelb, jaune de cadmium, giallo di cadmio, amarillo de \
cadmio, cadmiumgeel
cadmium red | Cd, Se, S | Kadmiumrot, Cadmiumrot, rouge de cadmium, rosso di cadmio, rojo de cadmio, \
cadmiumrood
lead-tin yellow | Pb, Sn | lead tin yellow, giallorino, Bleizinngelb, jaune de plomb et d'étain, giallo \
di piombo e stagno, amarillo de plomo y estaño, loodtingeel
Naples yellow | Pb, Sb | lead antimonate, Neapelgelb, jaune de Naples, giallo di Napoli, amarillo de \
Nápoles, Napels geel
massicot | Pb | litharge, Massicot, Bleiglätte, massicotto, litargirio, litargio, massicotgeel
orpiment | As, S | arsenic sulphide, arsenic sulfide, Auripigment, Rauschgelb, orpimento, oropimente, \
auripigment, operment
realgar | As, S | Realgar, Rauschrot, réalgar, rejalgar
mosaic gold | Sn, S | Musivgold, or mussif, porporina, oro musivo, mozaïekgoud
bismuth white | Bi, Cl | pearl white, Bismutweiß, Wismutweiss, blanc de bismuth, bianco di bismuto, \
blanco de bismuto, bismutwit
gold leaf | Au | gilding, shell gold, Blattgold, Goldmalerei, feuille d'or, dorure, foglia d'oro, \
doratura, pan de oro, bladgoud
silver leaf | Ag | shell silver, Blattsilber, feuille d'argent, foglia d'argento, pan de plata, \
bladzilver
tin leaf | Sn | tin foil, Zinnfolie, feuille d'étain, foglia di stagno, hoja de estaño, tinfolie
brass | Cu, Zn | bronze paint, Messing, laiton, ottone, latón, messing
bronze | Cu, Sn | Bronze, bronzo, bronce, brons
kaolin | Al, Si | China clay, white earth, pipe clay, Kaolin, caolino, caolín, kaolien, pijpaarde
alum | Al, K, S | lake substrate, Alaun, alun, allume, alumbre, aluin
quartz | Si | silica, sand, Quarz, silice, quarzo, cuarzo, kwarts
salt | Na, Cl | sodium chloride, common salt, Kochsalz, sel, sale, sal, keukenzout
"""


def _read(row: str) -> Pigment:
    name, elements, others = (part.strip() for part in row.split("|"))
    listed = tuple(other.strip() for other in others.split(","))
    return Pigment(name, tuple(symbol.strip() for symbol in elements.split(",")), listed)


PIGMENTS: tuple[Pigment, ...] = tuple(_read(row) for row in _TABLE.strip().splitlines())
"""All pigments of the table."""
