"""The report's style sheet: light and dark by the reader's setting, one column on a phone. Contrast is at least 4.5 : 1."""

FATE_COLOURS = {
    "kept": ("#1a7f5a", "#3fbf8f"),
    "duplicate": ("#b86e00", "#e3a13c"),
    "leak": ("#c2293b", "#f06a78"),
    "capped": ("#5a6b85", "#93a5c1"),
    "flat": ("#7a7468", "#b3ab9b"),
    "filtered": ("#6b4fa8", "#a78be0"),
    "failed": ("#8a1c5b", "#e070ae"),
}
"""Fate -> colour on light and on dark ground."""

_LIGHT = "".join(f"--{fate}:{light};" for fate, (light, _) in FATE_COLOURS.items())
_DARK = "".join(f"--{fate}:{dark};" for fate, (_, dark) in FATE_COLOURS.items())
_FATES = "".join(f".f-{fate}{{--c:var(--{fate})}}" for fate in FATE_COLOURS)

STYLE = f"""
:root{{color-scheme:light dark;--ground:#f7f6f2;--card:#fff;--ink:#1d2428;--soft:#566067;--line:#dcd9d0;--accent:#0b6a86;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;{_LIGHT}}}
@media (prefers-color-scheme:dark){{:root{{--ground:#12171a;--card:#1b2226;--ink:#e8ebec;--soft:#a3afb5;--line:#313b41;
--accent:#6cc5e0;{_DARK}}}}}
*{{box-sizing:border-box}}
html{{scroll-behavior:smooth}}
body{{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}}
header,main,footer{{max-width:1120px;margin:0 auto;padding:0 20px}}
header{{padding-top:44px}}
h1{{font-size:clamp(1.7rem,5vw,2.6rem);line-height:1.15;margin:0 0 6px;letter-spacing:-.02em;overflow-wrap:anywhere}}
h2{{font-size:1.35rem;margin:0 0 10px;letter-spacing:-.01em}}
h3{{font-size:1rem;margin:22px 0 8px}}
p{{max-width:72ch;margin:0 0 14px}}
.soft,caption,figcaption .id{{color:var(--soft)}}
a{{color:var(--accent)}}
nav{{display:flex;flex-wrap:wrap;gap:4px 18px;margin:18px 0 0;padding:10px 0;border-block:1px solid var(--line)}}
nav a{{text-decoration:none}} nav a:hover,nav a:focus{{text-decoration:underline}}
section{{margin:44px 0 0;scroll-margin-top:16px}}
.tiles{{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:22px 0 0;padding:0;
list-style:none}}
.tiles li,.card{{background:var(--card);border:1px solid var(--line);border-radius:12px}}
.tiles li{{padding:14px 16px}}
.tiles b{{display:block;font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums;letter-spacing:-.02em}}
.tiles span{{color:var(--soft);font-size:.88rem}}
.wide{{overflow-x:auto;margin:0 0 16px;background:var(--card);border:1px solid var(--line);border-radius:12px}}
.wide:focus-visible,summary:focus-visible,a:focus-visible{{outline:3px solid var(--accent);outline-offset:2px}}
table{{border-collapse:collapse;width:100%;font-size:.9rem}}
caption{{text-align:left;padding:10px 11px 2px;font-size:.85rem}}
th,td{{padding:7px 11px;text-align:left;vertical-align:top;border-top:1px solid var(--line)}}
thead th{{border-top:0;white-space:nowrap;color:var(--soft);font-weight:600}}
.n{{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}}
code,pre{{font-family:var(--mono);font-size:.86em;overflow-wrap:anywhere}}
pre{{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 16px;overflow-x:auto;
overflow-wrap:normal}}
.flow{{min-width:640px;display:block;width:100%;height:auto;padding:10px}}
.flow text{{fill:var(--ink);font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}}
.flow .s{{fill:var(--soft)}}
.flow path{{fill:var(--c);opacity:.42}} .flow path:hover{{opacity:.8}} .flow rect{{fill:var(--c)}}
.flow .src{{fill:var(--soft)}}
{_FATES}
.bar{{display:flex;height:10px;width:110px;border-radius:5px;overflow:hidden;background:var(--line);margin-top:7px}}
.bar i{{background:var(--c);min-width:1px}}
.key{{display:flex;flex-wrap:wrap;gap:4px 16px;padding:0;margin:0 0 14px;list-style:none;font-size:.9rem}}
.key li::before{{content:"";display:inline-block;width:11px;height:11px;border-radius:3px;background:var(--c);
margin-right:7px}}
.grid{{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:18px;align-items:start}}
.card{{margin:0;overflow:hidden}}
.card figcaption{{padding:12px 14px 14px;font-size:.92rem}}
.card .id{{font-size:.8rem;overflow-wrap:anywhere}}
.pic{{display:block;width:100%;height:auto;background:var(--line)}}
.pic .b{{fill:transparent;stroke:var(--c);stroke-width:2.2;vector-effect:non-scaling-stroke}}
.pic .h{{fill:none;stroke:#000;stroke-opacity:.55;stroke-width:4.4;vector-effect:non-scaling-stroke}}
.pic text{{display:none;fill:#fff;stroke:#000;stroke-width:.22em;paint-order:stroke;font-weight:700}}
.pic g:hover text{{display:block}} .pic g:hover .b{{fill:var(--c);fill-opacity:.28}}
.c0{{--c:#ffb000}}.c1{{--c:#4fc3ff}}.c2{{--c:#ff6f91}}.c3{{--c:#7ee081}}.c4{{--c:#c79bff}}.c5{{--c:#ff8a3c}}
.c6{{--c:#35e0d0}}.c7{{--c:#f2f25c}}
.labels{{display:flex;flex-wrap:wrap;gap:3px 12px;margin:7px 0;padding:0;list-style:none;font-size:.84rem}}
.labels li::before{{content:"";display:inline-block;width:9px;height:9px;border-radius:50%;background:var(--c);
margin-right:6px;border:1px solid var(--soft)}}
.says{{margin:8px 0 0;padding:0;list-style:none}}
.says li{{padding:5px 0;border-top:1px solid var(--line);overflow-wrap:anywhere}}
.tag{{display:inline-block;border:1px solid var(--line);border-radius:20px;padding:0 9px;font-size:.76rem;color:var(--soft);
margin-left:6px}}
.two{{display:grid;grid-template-columns:1fr 1fr;gap:2px;background:var(--line)}}
.two div{{background:var(--ground);aspect-ratio:4/3;display:flex;align-items:center;justify-content:center}}
.two img{{width:100%;height:100%;object-fit:contain;display:block}}
.two span{{padding:12px;color:var(--soft);font-size:.84rem;text-align:center}}
.verdict{{font-weight:600}}
.verdict::before{{content:"";display:inline-block;width:11px;height:11px;border-radius:3px;background:var(--c);
margin-right:8px}}
summary{{cursor:pointer;padding:8px 0;color:var(--accent)}}
details .grid{{margin-top:10px}}
footer{{padding-top:40px;padding-bottom:50px;font-size:.88rem;color:var(--soft)}}
@media (max-width:560px){{header,main,footer{{padding-left:14px;padding-right:14px}}.tiles{{grid-template-columns:1fr 1fr}}
th,td{{padding:6px 10px}}}}
@media print{{nav{{display:none}}.card{{break-inside:avoid}}}}
"""
