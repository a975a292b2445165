"""What QGIS gets from Yutu: `python3 read-with-qgis.py <api> <key> <layer> <west> <south> <east> <north>` with the system's Python.

Reads the layer as OGC API Features and draws it as vector tiles, both with the key as the password of HTTP Basic, as a user would set it
up in the dialogs. Prints one line of JSON: {valid, fields, ids, drawn: pixels, box: [w, s, e, n] of what was drawn | null}.
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsAuthMethodConfig,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsFillSymbol,
    QgsVectorLayer,
    QgsVectorTileBasicRenderer,
    QgsVectorTileBasicRendererStyle,
    QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402

api, key, name, *bounds = sys.argv[1:]
WIDTH = HEIGHT = 600

QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
manager = QgsApplication.authManager()
manager.setMasterPassword("of this run only", True)
login = QgsAuthMethodConfig("Basic")
login.setName("yutu")
login.setConfig("username", "key")
login.setConfig("password", key)
manager.storeAuthenticationConfig(login)

features = QgsVectorLayer(f"url='{api}' typename='{name}' authcfg={login.id()} pageSize='1000'", name, "OAPIF")
answer = {"valid": features.isValid(), "fields": [], "ids": [], "drawn": 0, "box": None}
if features.isValid():
    answer["fields"] = [field.name() for field in features.fields()]
    answer["ids"] = [feature["code"] for feature in features.getFeatures()]

address = f"{api}/collections/{name}/tiles/WebMercatorQuad/%7Bz%7D/%7By%7D/%7Bx%7D"
tiles = QgsVectorTileLayer(f"type=xyz&url={address}&zmin=0&zmax=16&authcfg={login.id()}", name)
red = QgsVectorTileBasicRendererStyle("", name, QgsWkbTypes.PolygonGeometry)
red.setSymbol(QgsFillSymbol.createSimple({"color": "255,0,0", "outline_style": "no"}))
renderer = QgsVectorTileBasicRenderer()
renderer.setStyles([red])
tiles.setRenderer(renderer)

mercator = QgsCoordinateReferenceSystem("EPSG:3857")
degrees = QgsCoordinateReferenceSystem("EPSG:4326")
settings = QgsMapSettings()
settings.setLayers([tiles])
settings.setDestinationCrs(mercator)
settings.setExtent(
    QgsCoordinateTransform(degrees, mercator, QgsProject.instance()).transformBoundingBox(QgsRectangle(*map(float, bounds)))
)
settings.setOutputSize(QSize(WIDTH, HEIGHT))
settings.setBackgroundColor(QColor("white"))
settings.setFlag(QgsMapSettings.Antialiasing, False)
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
inked = [(x, y) for y in range(HEIGHT) for x in range(WIDTH) if image.pixelColor(x, y) == QColor(255, 0, 0)]
if inked:
    place = settings.mapToPixel()
    west, north = min(x for x, _ in inked), min(y for _, y in inked)
    east, south = max(x for x, _ in inked) + 1, max(y for _, y in inked) + 1
    drawn = QgsRectangle(place.toMapCoordinates(west, south), place.toMapCoordinates(east, north))
    box = QgsCoordinateTransform(mercator, degrees, QgsProject.instance()).transformBoundingBox(drawn)
    answer["drawn"] = len(inked)
    answer["box"] = [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]

print(json.dumps(answer), flush=True)
# QGIS 3.22 may fall over its own feet while Python takes it apart
os._exit(0)
