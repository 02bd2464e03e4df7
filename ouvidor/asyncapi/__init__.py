"""The AsyncAPI 3 document of the feed, and its page: what departments and outside systems read and write.

It is written from the models, the topics and the routing table, and describes the program that stands at the other
end: it *receives* from a department's topic and *sends* to `replies`. FastStream could write such a document too, but
of our own stages, which is what a department's developer need not know (`docs/decisions/0024-asyncapi.md`).
"""

from ouvidor.asyncapi.document import document, to_json, to_yaml
from ouvidor.asyncapi.house import House, house_of

__all__ = ["House", "document", "house_of", "to_json", "to_yaml"]
