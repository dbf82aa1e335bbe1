"""Any pictures in one folder a class."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="folders",
    title="any pictures in one folder a class",
    task="classification",
    reader=ClassFolders(
        (Place("{split}"), Place("images/{split}"), Place("images"), Place("Images"), Place(".")),
    ),
    layout=(
        "CLASS/NAME.jpg      at least two folders; or below images/\n"
        "or by split: {train,val,test}/CLASS/NAME.jpg\n"
        "`images` of a source names another folder"
    ),
    licence="not stated; give `licence` in the source",
    redistributable=False,
    homepage="",
    citation="Cite the dataset itself.",
    obtain=("Bring your own pictures, sorted into one folder a class.",),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    evidence="assumed",
    default_role="reference",
    notes=(
        "Names of folders are taken apart at `_`, `-`, blanks and capitals: DenseResidential is said as dense residential. "
        "Folders that no class is called (images, masks, labels, train, ...) are refused. Sets of class folders are mostly "
        "what models are evaluated on, so that such a source is a reference unless it says `role: train`."
    ),
)
