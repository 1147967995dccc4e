"""What the loopback site writes of: a made-up country's digital programme, in five languages, from templates.

Headlines, sentences and the words around an article belong here; pages are made by ``gazette``, served by ``site``.
"""

from dataclasses import dataclass

LANGUAGES = ("en", "vi", "fr", "pl", "nb")
PROVINCES = ("Lạc Hồ", "Thanh Giang", "Bình Sơn Thượng", "Hải Lâm", "Nam Đồng Xuân", "Cao Phong Hạ", "Tây Khê")


@dataclass(frozen=True, slots=True)
class Wording:
    """The templates of one language; ``{province}``, ``{share}``, ``{count}`` and ``{year}`` are filled in."""

    headlines: tuple[str, ...]
    sentences: tuple[str, ...]
    menu: tuple[str, ...]
    related: str
    caption: str
    footer: str
    correction: str


WORDINGS = {
    "en": Wording(
        headlines=(
            "{province} puts {share} percent of public services online",
            "Digital transformation in {province}: {count} communes connected",
            "{province} opens its shared database to {count} offices",
        ),
        sentences=(
            "The Prime Minister asked the Ministry of Finance to publish data standards before 30 September {year}.",
            "According to the provincial report, {share} percent of applications were filed online in {year}.",
            "Community teams helped {count} households with their first electronic signature.",
            "The People's Committee of {province} was requested to connect its registers in the third quarter.",
            "Officials said that paper forms would disappear from {count} counters.",
        ),
        menu=("Home", "Politics", "Economy", "Digital government"),
        related="Read also",
        caption="A counter of the one-stop shop in {province}. Photo: staff",
        footer="All rights reserved. Editorial office of the loopback gazette.",
        correction="Correction: an earlier version gave another number of communes.",
    ),
    "vi": Wording(
        headlines=(
            "{province} đưa {share}% dịch vụ công lên mạng",
            "Chuyển đổi số ở {province}: kết nối {count} xã",
            "{province} mở cơ sở dữ liệu dùng chung cho {count} cơ quan",
        ),
        sentences=(
            "Thủ tướng yêu cầu Bộ Khoa học và Công nghệ công bố tiêu chuẩn dữ liệu trước ngày 30/9/{year}.",
            "Theo báo cáo của tỉnh, {share}% hồ sơ được nộp trực tuyến trong năm {year}.",
            "Tổ công nghệ số cộng đồng đã giúp {count} hộ dân dùng chữ ký điện tử lần đầu.",
            "Ủy ban nhân dân tỉnh {province} được giao kết nối các sổ đăng ký trong quý III năm {year}.",
            "Lãnh đạo tỉnh cho biết mẫu giấy sẽ không còn ở {count} quầy tiếp dân.",
        ),
        menu=("Trang chủ", "Chính trị", "Kinh tế", "Chính quyền số"),
        related="Tin liên quan",
        caption="Quầy một cửa tại {province}. Ảnh: tòa soạn",
        footer="Giữ bản quyền nội dung. Tòa soạn báo vòng lặp.",
        correction="Đính chính: bản trước ghi số xã khác.",
    ),
    "fr": Wording(
        headlines=(
            "{province} met en ligne {share} % de ses services publics",
            "Transformation numérique à {province} : {count} communes reliées",
            "{province} ouvre sa base de données à {count} administrations",
        ),
        sentences=(
            "Le Premier ministre a prié le ministère des Finances de publier les normes avant le 30 septembre {year}.",
            "Selon le rapport provincial, {share} % des demandes ont été déposées en ligne en {year}.",
            "Des équipes de quartier ont aidé {count} foyers à signer pour la première fois par voie électronique.",
            "Le Comité populaire de {province} a été chargé de relier ses registres au troisième trimestre {year}.",
            "Les formulaires en papier disparaîtront de {count} guichets, selon les responsables.",
        ),
        menu=("Accueil", "Politique", "Économie", "Administration numérique"),
        related="Lire aussi",
        caption="Un guichet unique à {province}. Photo : rédaction",
        footer="Tous droits réservés. Rédaction de la gazette en boucle.",
        correction="Rectificatif : une version antérieure donnait un autre nombre de communes.",
    ),
    "pl": Wording(
        headlines=(
            "{province} udostępnia w sieci {share}% usług publicznych",
            "Transformacja cyfrowa w prowincji {province}: {count} gmin w sieci",
            "{province} otwiera wspólną bazę danych dla {count} urzędów",
        ),
        sentences=(
            "Premier polecił Ministerstwu Finansów opublikować standardy danych przed 30 września {year} roku.",
            "Według raportu prowincji w {year} roku przez internet złożono {share}% wniosków.",
            "Lokalne zespoły pomogły {count} rodzinom złożyć pierwszy podpis elektroniczny.",
            "Komitet Ludowy prowincji {province} ma połączyć swoje rejestry w trzecim kwartale {year} roku.",
            "Urzędnicy zapowiadają, że papierowe formularze znikną z {count} okienek.",
        ),
        menu=("Strona główna", "Polityka", "Gospodarka", "Cyfrowy urząd"),
        related="Zobacz także",
        caption="Okienko w urzędzie w {province}. Fot. redakcja",
        footer="Wszelkie prawa zastrzeżone. Redakcja gazety pętli.",
        correction="Sprostowanie: wcześniejsza wersja podawała inną liczbę gmin.",
    ),
    "nb": Wording(
        headlines=(
            "{province} legger {share} prosent av tjenestene på nett",
            "Digital omstilling i {province}: {count} kommuner koblet til",
            "{province} åpner fellesdatabasen for {count} kontorer",
        ),
        sentences=(
            "Statsministeren ba Finansdepartementet publisere datastandardene innen 30. september {year}.",
            "Ifølge provinsens rapport ble {share} prosent av søknadene levert på nett i {year}.",
            "Lokale lag hjalp {count} husstander med den første elektroniske signaturen.",
            "Folkekomiteen i {province} ble bedt om å koble sammen registrene i tredje kvartal {year}.",
            "Papirskjemaene forsvinner fra {count} skranker, sier myndighetene.",
        ),
        menu=("Hjem", "Politikk", "Økonomi", "Digital forvaltning"),
        related="Les også",
        caption="En skranke på servicekontoret i {province}. Foto: redaksjonen",
        footer="Alle rettigheter forbeholdt. Redaksjonen i sløyfebladet.",
        correction="Rettelse: en tidligere versjon oppga et annet antall kommuner.",
    ),
}
