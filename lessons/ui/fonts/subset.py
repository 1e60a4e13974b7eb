"""Cuts typefaces down to what the lessons use and prints them as C++.

    subset.py OUTPUT.cpp REGULAR SEMIBOLD FALLBACK MONO

REGULAR and SEMIBOLD get the characters below; FALLBACK those that REGULAR lacks; MONO is for code.
In REGULAR and SEMIBOLD the digits are the tabular ones, so that readouts do not jitter.
"""

import io
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
GREEK = [*range(0x391, 0x3A2), *range(0x3A3, 0x3AA), *range(0x3B1, 0x3CA), 0x3D1, 0x3D5, 0x3F5]
MARKS = [ord(c) for c in "–—‘’“”†•…′″‖‰−×÷±√∞≈≠≤≥≪≫∂∇∑∏∫∈∉∀∃∅∩∪⊂∘·⋅∝∼≡⊙⊕⊤"]
ARROWS = [ord(c) for c in "←↑→↓↔⇐⇒⇔↦↺⟨⟩⌊⌋⌈⌉"]
SCRIPTS = [ord(c) for c in "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵏᵗˣʸ₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼ"]
SIGNS = [ord(c) for c in "✓✗●○■□▲▶▼◀◆ℝℓ½¼¾ŷ"] + [0x0302, 0x0304]
WANTED = sorted({*LATIN, *GREEK, *MARKS, *ARROWS, *SCRIPTS, *SIGNS})
CODE = sorted({*range(0x20, 0x7F), *MARKS, *ARROWS})


def with_tabular_digits(font):
    layout = font["GSUB"].table
    lookups = {
        index
        for feature in layout.FeatureList.FeatureRecord
        if feature.FeatureTag == "tnum"
        for index in feature.Feature.LookupListIndex
    }
    tabular = {}
    for index in lookups:
        for table in layout.LookupList.Lookup[index].SubTable:
            tabular.update(getattr(getattr(table, "ExtSubTable", table), "mapping", {}))
    for table in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            if code in table.cmap:
                table.cmap[code] = tabular.get(table.cmap[code], table.cmap[code])
    return font


def cut(font, characters):
    options = subset.Options()
    options.layout_features = []
    options.drop_tables += ["FFTM"]
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [1, 2]
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    data = io.BytesIO()
    font.save(data)
    return data.getvalue()


def array(name, data):
    lines = [
        "    " + ", ".join(str(byte) for byte in data[i : i + 24]) + ","
        for i in range(0, len(data), 24)
    ]
    return (
        f"static const unsigned char {name}_bytes[] = {{\n" + "\n".join(lines) + "\n};\n"
        f"const std::span<const unsigned char> {name}_typeface{{{name}_bytes, sizeof {name}_bytes}};\n\n"
    )


def main():
    output, regular, semibold, fallback, mono = sys.argv[1:]
    known = TTFont(regular).getBestCmap()
    lacking = [code for code in WANTED if code not in known]
    text = '#include "lessons/ui/typefaces.h"\n\nnamespace whittle::ui {\n\n'
    text += array("regular", cut(with_tabular_digits(TTFont(regular)), WANTED))
    text += array("semibold", cut(with_tabular_digits(TTFont(semibold)), WANTED))
    text += array("fallback", cut(TTFont(fallback), lacking))
    text += array("mono", cut(TTFont(mono), CODE))
    text += "}  // namespace whittle::ui\n"
    with open(output, "w", encoding="ascii") as file:
        file.write(text)


main()
