"""The prose of the checks that are no rules: what reading and the grammar tell of."""

from __future__ import annotations

from typing import Final

_VESSELS: Final = {
    "broken-series": """\
A series of vessels whose values do not make one.

`series:` of a vessel gives each of several vessels a value of its own for an input: a list of
values, or `{from, to, count, scale}`. Where it has several inputs they belong together, value by
value, so their lists are equally long. A logarithmic series cannot begin at 0; write the 0 out and
the others as a list.

Make the lists equally long, or choose another range.
""",
    "replicate-clash": """\
Replicates that get in each other's way.

With `replicates: 3` a vessel `a` stands for `a_1`, `a_2` and `a_3`, so none of these can be the
name of another one. And a reactor holds one vessel: replicates may ask for a worker that has
several reactors, not all for the same reactor.

Choose another name, or name the worker only.
""",
}
_READING: Final = {
    "unreadable": """\
A path that is no file, or one that may not be read.

Only plain files are read. A pipe, a socket or a device could keep whoever reads it waiting for
ever, a link can lead in a circle or nowhere, and a file may belong to somebody else.

Give the path of a file, or of a folder that holds some, and see that you may read it.
""",
    "too-large": """\
A document that is larger than any profile is.

A document may have a megabyte, a hundred thousand lines and fifty thousand values. These bounds
keep a file that was given by mistake, or to do harm, from taking all memory and time.

See that it is the right file. If a profile is really that long, it is probably made by a program:
let it make several.
""",
    "not-utf8": """\
Bytes that are not UTF-8.

YAML is text, and the text of all documents is UTF-8, with or without a byte order mark. Old editors
and spreadsheets save other encodings, in which `°` and `µ` are different bytes.

Save the file as UTF-8. The message names the first byte that is wrong, and its place.
""",
    "unprintable": """\
A character that YAML does not allow, or that ends a line for some programs only.

Control characters, NUL and lone halves of characters have no place in a text, written out or as an
escape. U+0085, U+2028 and U+2029 end a line for some programs and not for others, so that a
comment for one would be a key for another.

Remove the character; the place is where it stands.
""",
    "yaml-syntax": """\
Text that is not YAML.

The message says in plain words what the parser stumbled over: a bracket or a quote that is never
closed, a tab where spaces belong, an indentation that fits nothing above it, a second `: ` in a
text that is not quoted, a text that begins with a sign that YAML keeps for itself. Nothing else of
the document can be judged until it is mended.

Mend the place, or the line before it. When in doubt, quote the text: `"…"`.
""",
    "empty": """\
A document that holds nothing, or comments only.

Begin with the line that says what it is: `axenic: profile/1`.
""",
    "two-documents": """\
A file with more than one document, parted by `---`.

A file holds one document, so that its name stands for one thing.

Put each into a file of its own.
""",
    "too-deep": """\
Values within values, sixty deep and more.

No document of the family is nested like that. It is a slip, such as a bracket that was held down,
or an attempt to exhaust the reader.

Look for brackets that are opened and not closed.
""",
    "too-many-aliases": """\
Aliases that make a small document a huge one.

An alias (`*name`) stands for all that its anchor (`&name`) marks. Aliases of aliases multiply: a
kilobyte can stand for a billion values.

Write out what differs, and refer to whole parts only.
""",
    "too-many-problems": """\
More problems than anybody wants to read at once.

Five hundred problems of a document are told, the first ones. Mostly they have one cause, such as a
wrong kind of document.

Mend the first, and check again.
""",
    "unknown-alias": """\
An alias without an anchor before it.

`*name` stands for what `&name` marked further above. A text that begins with a star, such as a cron
entry, must be quoted.

Mark the value that is meant with `&name`, or quote the text.
""",
    "unused-anchor": """\
An anchor that nothing refers to.

`&name` marks a value so that `*name` can stand for it elsewhere. A mark without a reference does
nothing; perhaps the alias was forgotten, or the text should have been quoted.

Take it out, or use it.
""",
    "duplicate-key": """\
A key that stands twice in one mapping.

Only one of the two can count. Most programs that read YAML keep the last one and say nothing, so
that half of what was written has no effect.

Join the two. The message says where the first one stands.
""",
    "merge-key": """\
A merge key, `<<`.

Merging mappings was an idea of YAML 1.1 that YAML 1.2 gave up.

Write the keys out, or put what is common where it holds for all: `jobs:` of the profile instead of
each vessel's.
""",
    "complex-key": """\
A key that is not a plain word.

YAML lets lists and mappings be keys (`? [a, b]`). Nothing in a document of the family has such a
key.

Write a plain word, and quote texts that begin with `{` or `[`.
""",
    "unquoted-expression": """\
An expression that is not quoted.

For YAML, `{` begins a mapping, so `{{ od600 > 1 }}` would be a mapping with a mapping as its key.

Quote it: `"{{ od600 > 1 }}"`.
""",
    "unknown-tag": """\
A tag that means nothing here.

Tags such as `!!timestamp` or `!!python/object` tell YAML readers what to make of a value. Here the
schema says what each value is, so there are none to give. Known are `!include`,
`!include_dir_named`, `!include_dir_list` and, in cluster documents, `!secret`, each with one name
behind it.

Take the tag out, or mend it.
""",
    "unknown-include": """\
A file or folder to be included that is not there.

`!include` names a file, `!include_dir_named` and `!include_dir_list` a folder, from the folder of
the file that they stand in. What is submitted travels with all it includes, so a leader that is
sent a profile reads what came along with it, and nothing from its own disk.

Mend the name, or bring the file along. `axenic submit` brings along what it finds.
""",
    "include-outside": """\
Something to be included that a document may not have.

A document is what lies in its own folder and below: so it can be copied, submitted and shown to
others as a whole, and no path in it, nor a link, leads to other files of a machine. `secrets.yaml`
is never included.

Put the file beside the document, or below.
""",
    "include-circle": """\
A file that includes itself, by way of others or at once.

The message shows the way round.

Leave one of the steps out.
""",
    "too-many-includes": """\
More included files than any profile needs.

Five hundred in all, and twenty within each other, keep a mistake or a trick from taking all memory
and time.

Join files, or look for one that includes others without need.
""",
    "package-clash": """\
A value that two places set differently.

Packages are merged into a profile: maps merge, and lists append, first the profile's own, then
those of its packages in their order. But two values cannot both count, and no order says which
should, so that is an error that names both places.

Leave the value to one of them, or make it an input.
""",
    "misplaced-secret": """\
A secret in a document that travels.

A profile is submitted, kept and shown, and its plan goes to workers over the network. Whatever
stands in it is no secret. Secrets stand in cluster documents, which stay on their machine.

Put the value in `notifications:` or the like of the cluster document, where it is used.
""",
    "unknown-secret": """\
A secret that does not exist.

`!secret NAME` takes a value from `secrets.yaml`, a file of lines `name: value` that lies beside the
document or in the nearest folder above. Its values are never shown.

Mend the name, or add a line to the file.
""",
    "yaml-trap": """\
A text that YAML ends before its writer did.

` #` begins a comment, also in the middle of what was meant as a text: `Tube #3` is `Tube`, and a
comment.

Quote the text: `"Tube #3"`. If it is a comment, put a space behind the sign.
""",
}
_GRAMMAR: Final = {
    "not-a-document": """\
Something other than a mapping.

A document is a mapping of keys and values, and says in one of them what it is.

Begin with a line such as `axenic: profile/1`.
""",
    "unknown-kind": """\
A kind of document that does not exist.

`axenic:` says kind and version: profile/1, chart/1, automation/1, job/1, culture/1, hardware/1,
cluster/1, calibration/1, plugin/1.

Write one of them.
""",
    "missing-key": """\
A key that has to be there and is not.

The message names it and where it belongs; the reference lists what each part needs.

Add it.
""",
    "unknown-key": """\
A key that has no meaning where it stands.

Keys are never ignored: one that is misspelt, or indented too far, would be a wish that nobody
hears.

Mend its name or its indentation. The message lists what may stand there.
""",
    "not-yet": """\
A part of the language that this version does not carry out.

Rather than reading it and doing nothing, `check` says so.

Write it another way, or wait for a version that has it; the changelog says which.
""",
    "wrong-type": """\
A value of another shape than is needed: a text for a mapping, a number for a text.

Often it is a dash or an indentation: a list where a mapping belongs, or the other way round. Or
YAML took a text for a number or for nothing.

Write it as the message says. Quote texts that look like numbers: `"1.10"`.
""",
    "not-a-choice": """\
A value that is none of those that are possible.

The message lists them, and guesses which is meant.

Choose one.
""",
    "one-of": """\
A step or an item that is two things at once, or none.

A step does one thing (`set`, `wait`, `dose`, …), a schedule item has one kind of time (`at`,
`every`, `cron`, `ramp`). With two in one mapping, their order would be anybody's guess.

Make two of it, each with its own dash.
""",
    "misplaced-key": """\
A key that another one rules out.

`over` belongs to a ramp and `count` to an `every`; beside another kind of item they would mean
nothing.

Take it out, or make the item what the key belongs to.
""",
    "wrong-count": """\
Too few or too many of something.

A list or a mapping is empty that has to hold something, or holds more than is possible there; or a
text is too long.

The message says how many are possible.
""",
    "malformed": """\
A name that cannot be one.

Vessels, inputs and bottles have names of letters, digits and `_`, since expressions refer to them.
Names of phases, items and rules are one line without `@ : # /`, which part the words of the keys in
the record.

Choose another name.
""",
    "duplicate-item": """\
The same value twice in a list that is a set.

Saying it twice means nothing, so it is probably a slip.

Take one of the two out, or write the one that was meant.
""",
}
_VALUES: Final = {
    "missing-unit": """\
A number without its unit.

`30` may be °C or °F, `5` may be seconds or hours. A unit is never guessed at; only plain numbers,
fractions and optical densities need none.

Write the unit: the message suggests the one that is usual there.
""",
    "wrong-value": """\
A value that cannot be read as what is needed: no quantity, no truth, no whole number.

`on`, `yes`, `no` and `off` are texts here, as in YAML 1.2; true and false are `true` and `false`.

Write it as the message says.
""",
    "wrong-kind": """\
An expression that gives another kind of value than is needed.

`until:` needs something true or false, a duration needs a time. What an expression gives follows
from the signals and settings in it.

Compare the value with something (`od600 > 0.8`), or use one of the right kind.
""",
    "expression": """\
An expression that cannot be read, or does what expressions may not do.

Expressions are Jinja's, of which a small part is let through: numbers, texts, signals, settings
and inputs, arithmetic, comparisons, `and`, `or`, `not`, `in` with a list, `… if … else …`, and a
few functions. A worker evaluates them again and again, so there are no loops, no attributes, and no
more than a thousand characters. Only texts for people have words around their `{{ … }}`.

Write it with these; split what is too long into several conditions or rules.
""",
    "unknown-function": """\
A function or filter that does not exist.

The message lists those that do.

Use one of them.
""",
    "input": """\
A value for an input that cannot be taken.

Values that a user chooses are read like those of a profile: with their unit, within the input's
range, one of its choices. An input without a default has to be given.

Give another value: `--input name=VALUE`.
""",
    "not-known": """\
An input that has no value where one is needed to plan.

Durations, times and limits are worked out when an experiment is planned. An input in them needs a
default, or a value when the profile is submitted.

Give it one.
""",
}
_IMPORT: Final = {
    "import-shape": """\
Something in the other program's document that the other program would not take either.

`axenic import` reads the documents of Pioreactor as Pioreactor publishes them. What is none of its
keys, types or times cannot be understood, so it is not guessed.

Mend it in the document that is imported, and import it again.
""",
    "import-expression": """\
An expression of the other program that is none.

Expressions are read strictly, with the precedence that everybody expects: comparisons bind more
strongly than `not`, `and` and `or`, and `-a + b` is `(-a) + b`. Comparisons are not chained, texts
are not quoted, and there is no `!=`.

Mend the expression; the message says what was found, and the caret where.
""",
    "import-name": """\
Something that an imported document names and that does not exist here.

A job, an automation, a setting, a signal, a unit or a plugin of the other program has no
counterpart, neither among what comes with Axenic nor among what is installed beside it.

Mend the name if it is misspelt. Otherwise take it out, or add a job or automation of that name to
Axenic: settings of the same name are then taken over.
""",
    "import-lost": """\
Something that is understood but cannot be kept.

The other program can do it and Axenic cannot, or not in the same way, and leaving it out quietly
would make another experiment of it.

Say it otherwise in the document that is imported. With `--partial` the rest is written, and what
was lost stands in it as a comment.
""",
    "import-choice": """\
Something that could mean several things here; one was chosen.

The same comment stands in the document that was written, beside what came of it.

Read it, and change the result if you meant the other.
""",
}

PROSE: Final = {**_READING, **_GRAMMAR, **_VALUES, **_VESSELS, **_IMPORT}
"""By code."""
