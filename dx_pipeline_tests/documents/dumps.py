"""Pages saved as text, one a language, written for these tests with the frames that real sites have."""

VI = """Vidu.vn - Trang tin ví dụ

Tỉnh Bình Hòa giao chỉ tiêu số hóa hồ sơ cho từng xã

Báo Ví DụBáo Ví Dụ12/04/2025

Chiều 11/4, UBND tỉnh Bình Hòa họp về số hóa hồ sơ đất đai. Chủ tịch tỉnh yêu cầu các xã xong việc trước ngày 30/6.

hop-tinh.jpg
Quang cảnh cuộc họp tại trụ sở tỉnh. Ảnh: Lê Vân

Mỗi xã một tổ công tác

Các xã phải lập tổ công tác trong tháng 4; Sở Nội vụ kiểm tra hằng tuần và báo cáo kết quả về UBND tỉnh.

Đọc thêm
Thành phố Hòa Bình mở thêm 14 điểm phát sóng
Giá lúa tăng 3% trong tuần qua

Theo báo cáo, đến nay 41% hồ sơ đã được số hóa, tăng 9 điểm phần trăm so với cuối năm ngoái.

Lê Vân

Nguồn: https://vidu.example/tinh-binh-hoa-20250412081500123.htm

Bình luận (0)

Mời bạn gửi ý kiến về bài viết này!

Cùng chủ đề

Huyện Phú An khánh thành 2 cây cầu dài 120 m. Người dân vui mừng vì đường đi ngắn hơn 15 km.

Cùng chuyên mục

Di sản
Nhân vật
"""

EN = """Home
Politics
Economy
Sports

Harbour towns get a date for paperless permits

May, 05/2023 - 09:15

Minister Anna Berg opens the conference in Easthaven on Thursday. — ENA Photo

EASTHAVEN — Minister Anna Berg told harbour towns on Thursday to end paper permits before October 1.

No stamps, no queues

The ministry shall publish the technical standard by the end of June, and the towns must report every month.

“We are done with stamps,” she said.

About 62 per cent of permits are filed online today, against 48 per cent a year ago. — ENA

E-paper

OTHER NEWS

Fishing fleet to shrink by 12 per cent before 2026

Copyright 2023 Example News. All rights reserved.
"""

FR = """Le Courrier d'Exemple
Accueil | Politique | Économie | Société | Culture

Numérique : la région fixe une date à ses communes

05/05/2023 09:15

La présidente de la région a demandé jeudi aux communes de mettre en ligne 30 démarches avant le 1er octobre.

La présidente de la région pendant la réunion avec les maires, jeudi à Villeneuve.
Photo : AFE/CE

Un calendrier serré

Chaque commune devra désigner un responsable avant la fin du mois ; la région publiera un bilan chaque trimestre.

À ce jour, 62 % des démarches sont en ligne, contre 48 % il y a un an.

Jeanne Martin - AFE/CE

À lire aussi
Transports : 14 gares fermées cet été
Budget : une hausse de 3 % votée

Vos réactions (2)
Charte de modération | Newsletter | Abonnez-vous
"""

PL = """Vidu.vn - Trang tin ví dụ

Gminy nadmorskie mają termin na usługi bez papieru

Việt NamViệt Nam05/05/2023

Minister wezwała w czwartek gminy nadmorskie, aby do 1 października przestały wydawać zezwolenia na papierze.

port_01.jpg
Minister otwiera konferencję w porcie. Zdjęcie: Jan Nowak

Gminy muszą co miesiąc składać sprawozdanie, a ministerstwo ogłosi standard techniczny przed końcem czerwca.

Obecnie 62% wniosków składa się przez internet, wobec 48% rok wcześniej.

Źródło

Komentarz (0)

Napisz, co o tym sądzisz!

Na ten sam temat

W tej samej kategorii

Most nad zatoką otwarto po dwóch latach budowy

Dziedzictwo
"""

NB = """Eksempelavisa
Forsiden  Politikk  Økonomi  Sport

Kystbyene får frist for papirløse tillatelser

Publisert 5. mai 2023 kl. 09.15

Ministeren ba torsdag kystbyene om å slutte med tillatelser på papir innen 1. oktober, og å rapportere hver måned.

Bildetekst

Ministeren åpner konferansen i havnen. Foto: Kari Vik

Departementet skal legge fram standarden før utgangen av juni. I dag leveres 62 prosent av søknadene på nett.

Tekst: Kari Vik

Les også
Broen over fjorden åpner etter to år
Laksen steg 3 prosent i april

Kontakt: redaksjonen, telefon 00 00 00 00. Nyhetsbrevet sendes til 9 000 mottakere.
"""

DUMPS = {"vi": VI, "en": EN, "fr": FR, "pl": PL, "nb": NB}
