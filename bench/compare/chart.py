# Bar charts of a comparison's ratios: SVG written by hand, PNG where matplotlib is installed.

import html
import pathlib

kColours = ["#2b6cb0", "#dd6b20", "#2f855a", "#805ad5", "#b83280", "#718096"]


def check(path):
    """Raises ValueError early if a chart cannot be written to `path`."""
    suffix = pathlib.Path(path).suffix
    if suffix == ".svg":
        return
    if suffix != ".png":
        raise ValueError(f"--chart {path}: the name must end in .svg or .png")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ValueError("--chart to .png needs python3-matplotlib; .svg needs nothing") from None


def rows_of(report, names):
    """(label, {engine: ratio}) for each workload, and for the mean at the end."""
    rows = [(r["workload"], {n: r["engines"][n]["ratio"] for n in names})
            for r in report["workloads"]]
    rows.append(("geometric mean", report["geometric_mean"]))
    return rows


def title_of(report):
    return f"{report['measure']} relative to {report['baseline']} (below 1: less)"


def svg(report, names):
    """The chart as text: a group of horizontal bars for each workload, a line at 1."""
    left, width, bar, gap, top = 170, 520, 11, 9, 64
    rows = rows_of(report, names)
    largest = max([1.0] + [ratio for _, ratios in rows for ratio in ratios.values()])
    scale = width / (largest * 1.08)
    group = bar * len(names) + gap
    height = top + group * len(rows) + 34
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 60}" height="{height}" '
           'font-family="sans-serif" font-size="11">',
           '<rect width="100%" height="100%" fill="white"/>',
           f'<text x="8" y="20" font-size="14">{html.escape(title_of(report))}</text>']
    x = 8
    for i, name in enumerate(names):
        colour = kColours[i % len(kColours)]
        out.append(f'<rect x="{x}" y="32" width="11" height="11" fill="{colour}"/>')
        out.append(f'<text x="{x + 16}" y="42">{html.escape(name)}</text>')
        x += 30 + 8 * len(name)
    bottom = height - 26
    step = 0.25 if largest <= 2 else 0.5 if largest <= 4 else 1 if largest <= 10 else 5
    for k in range(int(largest * 1.08 / step) + 1):
        at = left + k * step * scale
        is_one = abs(k * step - 1) < 1e-9
        out.append(f'<line x1="{at:.1f}" y1="{top - 6}" x2="{at:.1f}" y2="{bottom}" stroke='
                   f'"{"black" if is_one else "#ddd"}"/>')
        out.append(f'<text x="{at:.1f}" y="{bottom + 14}" text-anchor="middle">{k * step:g}</text>')
    for r, (label, ratios) in enumerate(rows):
        y = top + r * group
        out.append(f'<text x="{left - 8}" y="{y + group / 2:.1f}" text-anchor="end">'
                   f'{html.escape(label)}</text>')
        for i, name in enumerate(names):
            length = ratios[name] * scale
            out.append(f'<rect x="{left}" y="{y + i * bar}" width="{length:.1f}" '
                       f'height="{bar - 1}" fill="{kColours[i % len(kColours)]}"/>')
            out.append(f'<text x="{left + length + 4:.1f}" y="{y + i * bar + bar - 2}" '
                       f'font-size="9">{ratios[name]:.2f}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def write_png(report, names, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = rows_of(report, names)
    figure, axes = pyplot.subplots(figsize=(8, 1 + 0.28 * len(rows) * max(1, len(names) / 2)))
    thickness = 0.8 / len(names)
    for i, name in enumerate(names):
        places = [r + i * thickness for r in range(len(rows))]
        axes.barh(places, [ratios[name] for _, ratios in rows], thickness, label=name,
                  color=kColours[i % len(kColours)])
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks([r + 0.4 - thickness / 2 for r in range(len(rows))])
    axes.set_yticklabels([label for label, _ in rows])
    axes.invert_yaxis()
    axes.set_title(title_of(report))
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def write(report, names, path):
    if pathlib.Path(path).suffix == ".png":
        write_png(report, names, path)
    else:
        pathlib.Path(path).write_text(svg(report, names))
