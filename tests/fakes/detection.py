"""The writers of detection sets, by entry of the catalogue."""

from tests.fakes import au_air, box_lines, dior, dota, fair1m, hrsc

WRITERS = {
    "au-air": au_air.write,
    "carpk": box_lines.write_carpk,
    "dior": dior.write,
    "dior-oriented": dior.write_oriented,
    "dota15": dota.write_v15,
    "dota20": dota.write_v20,
    "fair1m": fair1m.write,
    "hrrsd": dior.write_hrrsd,
    "hrsc2016": hrsc.write,
    "levir": box_lines.write_levir,
    "nwpu-vhr10": box_lines.write_nwpu,
    "pucpr": box_lines.write_pucpr,
    "rsod": dior.write_rsod,
    "visdrone-det": box_lines.write_visdrone,
    "xview": au_air.write_xview,
}
