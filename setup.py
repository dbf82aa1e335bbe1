"""Packages the three folders (and the API) under the namespace `skypairs`. Needs nothing but setuptools."""

from setuptools import find_packages, setup

TOP = ("schemas", "transforms", "pipelines", "api")
FOUND = find_packages(include=[pattern for name in TOP for pattern in (name, f"{name}.*")])

setup(
    name="skypairs",
    version="0.1.0",
    description="Remote-sensing datasets into deduplicated, decontaminated image-caption pairs for CLIP pre-training",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=[f"skypairs.{name}" for name in FOUND],
    package_dir={f"skypairs.{name}": name for name in TOP},
    install_requires=[
        "apache-beam==2.77.0",
        "imagecodecs>=2026.1.1",
        "ImageHash>=4.3.2,<5",
        "numpy>=2.2,<2.5",
        "opencv-python-headless>=4.10",
        "pillow>=12.1.1,<13",
        "pyarrow>=22,<26",
        "pycocotools>=2.0.11,<3",
        "pydantic>=2.12,<3",
        "pyyaml>=6.0.2,<7",
        "rich>=14",
        "scipy>=1.14",
        "shapely>=2.1,<3",
        "simplejpeg>=1.9,<2",
        "tifffile>=2026.1.14",
    ],
    extras_require={
        "clip": ["open_clip_torch>=3.3.0,<4", "pandas>=2", "torch>=2.6", "torchvision>=0.21", "webdataset==0.2.86"],
        "gcp": ["apache-beam[gcp]==2.77.0"],
        "test": [
            "apache-beam[gcp]==2.77.0",
            "boto3>=1.35",
            "datasets>=4",
            "gcp-storage-emulator>=2024.8.3",
            "hypothesis>=6.130",
            "moto[s3,server]>=5.1",
            "mypy>=1.15",
            "psutil>=6",
            "pytest>=8.3",
            "pytest-xdist>=3.6",
            "rasterio>=1.4",
            "ruff>=0.11",
            "setuptools>=75",
            "types-PyYAML",
            "types-psutil",
            "webdataset>=0.2.86",
        ],
    },
    entry_points={"console_scripts": ["skypairs = skypairs.pipelines.cli:main"]},
)
