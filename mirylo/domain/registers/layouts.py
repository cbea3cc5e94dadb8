"""Which columns the file of a register has: our names for them, those of other people, and what stands in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mirylo.domain.registers.names import fold_name


class Content(StrEnum):
    """What stands in a cell."""

    TEXT = "text"
    LIST = "list"
    DATE = "date"
    FLAG = "flag"
    COUNT = "count"
    CHOICE = "choice"
    COSTS = "costs"
    TERM_UNIT = "term_unit"
    TERRITORY = "territory"
    BODY = "body"
    SERVICE = "service"


@dataclass(frozen=True)
class Column:
    """A column of a register's file.

    `words` are other headings of it, `choices` the words for each value that it may have, our own name of it first.
    `repeats` says that a record may have several of it, on rows that repeat the record's key.
    """

    name: str
    content: Content = Content.TEXT
    words: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    longest: int = 500
    is_required: bool = False
    repeats: bool = False
    default: str | None = None


@dataclass(frozen=True)
class Layout:
    """The file of a register: its columns, that of the key first.

    `nested` are the lists inside a record of JSON: name of the list to the names in it, each with its column.
    """

    register: str
    columns: tuple[Column, ...]
    nested: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The column that says which record a row is about."""
        return self.columns[0].name

    @property
    def by_name(self) -> dict[str, Column]:
        """The columns by our names."""
        return {column.name: column for column in self.columns}

    def find(self, title: str) -> str | None:
        """Our name of the column that a heading means."""
        folded = fold_heading(title)
        for column in self.columns:
            if folded in {fold_heading(word) for word in (column.name, *column.words)}:
                return column.name
        return None


def fold_heading(title: str) -> str:
    """A heading as it is compared: small letters, spaces for underscores and hyphens."""
    return fold_name(title.replace("_", " ").replace("-", " "))


BODIES = Layout(
    "bodies",
    (
        Column("edrpou", Content.BODY, ("код єдрпоу", "єдрпоу", "код за єдрпоу", "код"), is_required=True),
        Column("name", words=("назва", "повна назва", "найменування"), is_required=True),
        Column("short_name", words=("скорочена назва", "коротка назва", "shortname"), longest=200),
        Column(
            "kind",
            Content.CHOICE,
            ("вид", "вид органу", "тип"),
            {
                "ministry": ("міністерство",),
                "central": ("центральний орган виконавчої влади", "центральний орган"),
                "oblast_administration": ("обласна державна адміністрація", "ода", "обласна військова адміністрація"),
                "raion_administration": ("районна державна адміністрація", "рда", "районна військова адміністрація"),
                "council": ("рада", "міська рада", "селищна рада", "сільська рада", "орган місцевого самоврядування"),
                "military_administration": ("військова адміністрація",),
                "territorial_office": ("територіальний орган", "територіальний підрозділ"),
                "enterprise": ("підприємство", "державне підприємство", "комунальне підприємство"),
                "other": ("інше", "інший"),
            },
            is_required=True,
        ),
        Column("parent", Content.BODY, ("орган вищого рівня", "код органу вищого рівня", "підпорядковано")),
        Column("territory", Content.TERRITORY, ("територія", "катоттг", "код катоттг", "codifier")),
    ),
)

CENTRES = Layout(
    "centres",
    (
        Column("code", words=("код", "код точки доступу", "код центру"), longest=40, is_required=True),
        Column("idf", words=("ідентифікатор",), longest=40),
        Column("name", words=("назва", "найменування"), is_required=True),
        Column(
            "kind",
            Content.CHOICE,
            ("вид", "вид точки доступу", "тип"),
            {
                "centre": ("центр", "цнап", "центр надання адміністративних послуг"),
                "unit": ("територіальний підрозділ", "підрозділ"),
                "remote": ("віддалене робоче місце", "врм"),
                "mobile": (
                    "мобільний цнап",
                    "мобільний офіс",
                    "мобільна точка доступу",
                    "мобільне робоче місце",
                    "пересувне робоче місце",
                ),
            },
            default="centre",
        ),
        Column("parent", words=("належить до", "код головного центру", "центр"), longest=40),
        Column("body", Content.BODY, ("орган", "єдрпоу", "код єдрпоу", "edrpou")),
        Column(
            "state",
            Content.CHOICE,
            ("стан", "статус", "state str"),
            {
                "active": ("діючий", "діє", "працює"),
                "closed_for_now": ("тимчасово закритий", "тимчасово не працює"),
                "closed": ("закритий назавжди", "закритий", "ліквідований"),
            },
            default="active",
        ),
        Column(
            "mode",
            Content.CHOICE,
            ("спосіб роботи", "робота під час війни"),
            {
                "on_site": ("на місці",),
                "relocated": ("переміщений", "переміщено", "релокований"),
                "remote": ("дистанційно", "віддалено"),
                "suspended": ("призупинено", "роботу призупинено"),
            },
            default="on_site",
        ),
        Column("address", words=("адреса", "повна адреса", "address full")),
        Column("hours", words=("години роботи", "графік роботи", "режим роботи", "timetable")),
        Column("opened_on", Content.DATE, ("дата відкриття", "відкрито")),
        Column("closed_on", Content.DATE, ("дата закриття", "закрито")),
        Column("confirmed_on", Content.DATE, ("дата підтвердження", "підтверджено")),
        Column(
            "founding_territory",
            Content.TERRITORY,
            ("громада засновник", "громада", "код громади", "hromada"),
            repeats=True,
        ),
        Column("founding_since", Content.DATE, ("засновник з", "громада засновник з"), repeats=True),
        Column("work_territory", Content.TERRITORY, ("місце роботи", "катоттг", "код катоттг"), repeats=True),
        Column("work_since", Content.DATE, ("місце роботи з",), repeats=True),
    ),
    {
        "founding": {"territory": "founding_territory", "since": "founding_since"},
        "work": {"territory": "work_territory", "since": "work_since"},
    },
)

SERVICES = Layout(
    "services",
    (
        Column("code", Content.SERVICE, ("код", "код послуги", "ідентифікатор", "identifier"), is_required=True),
        Column("uk", words=("назва", "назва послуги", "name"), longest=1000, is_required=True),
        Column("en", words=("назва англійською", "english name"), longest=1000),
        Column("provider", words=("надавач", "суб’єкт надання", "суб’єкт надання послуги", "хто надає")),
        Column("level", words=("рівень",), longest=40),
        Column("thematic_area", words=("тематика", "тематичний напрям", "сфера"), longest=200),
        Column("life_events", Content.LIST, ("життєві події", "життєві ситуації")),
        Column("results", Content.LIST, ("результати", "результат")),
        Column("refusal_grounds", Content.LIST, ("підстави для відмови", "підстави відмови")),
        Column(
            "finish",
            Content.CHOICE,
            ("чим завершується",),
            {
                "ready": ("документи готові", "готово"),
                "notified": ("заявника повідомлено", "повідомлено"),
                "issued": ("результат видано", "видано"),
            },
            default="ready",
        ),
        Column(
            "deficiency",
            Content.CHOICE,
            ("дія недоліку", "недолік"),
            {
                "stops": ("зупиняє строк", "зупиняє"),
                "restarts": ("починає строк заново", "заново"),
                "ignored": ("не впливає",),
            },
            default="stops",
        ),
        Column("is_suspendable", Content.FLAG, ("призупиняється", "строк призупиняється"), default="true"),
        Column("valid_from", Content.DATE, ("діє з", "чинна з")),
        Column("valid_to", Content.DATE, ("діє до", "чинна до")),
        Column(
            "variation",
            words=("код варіанта", "варіант", "код варіації", "варіація", "різновид"),
            longest=40,
            repeats=True,
        ),
        Column(
            "variation_uk", words=("назва варіанта", "назва варіації", "назва різновиду"), longest=1000, repeats=True
        ),
        Column(
            "variation_en",
            words=("назва варіанта англійською", "назва варіації англійською"),
            longest=1000,
            repeats=True,
        ),
        Column("term_amount", Content.COUNT, ("строк", "строк надання"), repeats=True),
        Column("term_unit", Content.TERM_UNIT, ("одиниця строку", "одиниця"), repeats=True),
        Column("costs", Content.COSTS, ("вартість", "плата"), repeats=True),
    ),
    {
        "variations": {
            "code": "variation",
            "uk": "variation_uk",
            "en": "variation_en",
            "term_amount": "term_amount",
            "term_unit": "term_unit",
            "costs": "costs",
        }
    },
)

LAYOUTS: Mapping[str, Layout] = {layout.register: layout for layout in (BODIES, CENTRES, SERVICES)}
