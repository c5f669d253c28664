"""Names of the elements in German, French, Italian, Spanish and Dutch.

English names are in `maxrf_core.spectrum.elements.NAMES`. All names were compared with the translations of
KDE's Kalzium (https://github.com/KDE/kalzium, folder po); where two are in use, such as German "Bismut" and
"Wismut", the one that is usual today comes first.
"""

LANGUAGES = ("de", "fr", "it", "es", "nl")

# Symbol → names in the order of `LANGUAGES`; several names of one language are separated by "/".
_TABLE = """
Na Natrium|sodium|sodio|sodio|natrium
Mg Magnesium|magnésium|magnesio|magnesio|magnesium
Al Aluminium|aluminium|alluminio|aluminio|aluminium
Si Silicium/Silizium|silicium|silicio|silicio|silicium
P Phosphor|phosphore|fosforo|fósforo|fosfor
S Schwefel|soufre|zolfo|azufre|zwavel
Cl Chlor|chlore|cloro|cloro|chloor
Ar Argon|argon|argo/argon|argón|argon
K Kalium|potassium|potassio|potasio|kalium
Ca Calcium/Kalzium|calcium|calcio|calcio|calcium
Sc Scandium|scandium|scandio|escandio|scandium
Ti Titan|titane|titanio|titanio|titanium/titaan
V Vanadium|vanadium|vanadio|vanadio|vanadium
Cr Chrom|chrome|cromo|cromo|chroom
Mn Mangan|manganèse|manganese|manganeso|mangaan
Fe Eisen|fer|ferro|hierro|ijzer
Co Kobalt/Cobalt|cobalt|cobalto|cobalto|kobalt
Ni Nickel|nickel|nichel/nichelio|níquel|nikkel
Cu Kupfer|cuivre|rame|cobre|koper
Zn Zink|zinc|zinco|zinc/cinc|zink
Ga Gallium|gallium|gallio|galio|gallium
Ge Germanium|germanium|germanio|germanio|germanium
As Arsen|arsenic|arsenico|arsénico|arseen/arsenicum
Se Selen|sélénium|selenio|selenio|seleen/selenium
Br Brom|brome|bromo|bromo|broom
Kr Krypton|krypton|kripton/cripton|kriptón/criptón|krypton
Rb Rubidium|rubidium|rubidio|rubidio|rubidium
Sr Strontium|strontium|stronzio|estroncio|strontium
Y Yttrium|yttrium|ittrio|itrio|yttrium
Zr Zirkonium/Zirconium|zirconium|zirconio|circonio/zirconio|zirkonium
Nb Niob|niobium|niobio|niobio|niobium
Mo Molybdän|molybdène|molibdeno|molibdeno|molybdeen
Tc Technetium|technétium|tecnezio|tecnecio|technetium
Ru Ruthenium|ruthénium|rutenio|rutenio|ruthenium
Rh Rhodium|rhodium|rodio|rodio|rodium/rhodium
Pd Palladium|palladium|palladio|paladio|palladium
Ag Silber|argent|argento|plata|zilver
Cd Cadmium|cadmium|cadmio|cadmio|cadmium
In Indium|indium|indio|indio|indium
Sn Zinn|étain|stagno|estaño|tin
Sb Antimon|antimoine|antimonio|antimonio|antimoon
Te Tellur|tellure|tellurio|telurio/teluro|telluur
I Iod/Jod|iode|iodio|yodo|jood/jodium
Xe Xenon|xénon|xeno/xenon|xenón|xenon
Cs Cäsium/Caesium|césium|cesio|cesio|cesium
Ba Barium|baryum|bario|bario|barium
La Lanthan|lanthane|lantanio|lantano|lanthaan/lanthanium
Ce Cer|cérium|cerio|cerio|cerium
Pr Praseodym|praséodyme|praseodimio|praseodimio|praseodymium
Nd Neodym|néodyme|neodimio|neodimio|neodymium
Pm Promethium|prométhium|promezio|prometio|promethium
Sm Samarium|samarium|samario|samario|samarium
Eu Europium|europium|europio|europio|europium
Gd Gadolinium|gadolinium|gadolinio|gadolinio|gadolinium
Tb Terbium|terbium|terbio|terbio|terbium
Dy Dysprosium|dysprosium|disprosio|disprosio|dysprosium
Ho Holmium|holmium|olmio|holmio|holmium
Er Erbium|erbium|erbio|erbio|erbium
Tm Thulium|thulium|tulio|tulio|thulium
Yb Ytterbium|ytterbium|itterbio|iterbio|ytterbium
Lu Lutetium|lutécium/lutétium|lutezio|lutecio|lutetium
Hf Hafnium|hafnium|afnio|hafnio|hafnium
Ta Tantal|tantale|tantalio|tantalio/tántalo|tantaal/tantalium
W Wolfram|tungstène|tungsteno/wolframio|wolframio/tungsteno|wolfraam
Re Rhenium|rhénium|renio|renio|renium
Os Osmium|osmium|osmio|osmio|osmium
Ir Iridium|iridium|iridio|iridio|iridium
Pt Platin|platine|platino|platino|platina
Au Gold|or|oro|oro|goud
Hg Quecksilber|mercure|mercurio|mercurio|kwik
Tl Thallium|thallium|tallio|talio|thallium
Pb Blei|plomb|piombo|plomo|lood
Bi Bismut/Wismut/Bismuth|bismuth|bismuto|bismuto|bismut
Po Polonium|polonium|polonio|polonio|polonium
At Astat|astate|astato|astato/ástato|astaat
Rn Radon|radon|radon|radón|radon
Fr Francium|francium|francio|francio|francium
Ra Radium|radium|radio|radio|radium
Ac Actinium|actinium|attinio|actinio|actinium
Th Thorium|thorium|torio|torio|thorium
Pa Protactinium|protactinium|protoattinio|protactinio|protactinium
U Uran|uranium|uranio|uranio|uranium/uraan
"""

FOREIGN_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    symbol: {
        language: tuple(names.split("/"))
        for language, names in zip(LANGUAGES, listed.split("|"), strict=True)
    }
    for symbol, _, listed in (line.partition(" ") for line in _TABLE.strip().splitlines())
}
"""Symbol → language → names."""
