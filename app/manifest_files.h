// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// YAML or JSON manifests from files, folders (their *.yaml, *.yml, *.json, sorted, with subfolders) and standard input ("-"),
// in the order given; what is named twice is read once.
// Promise: what can be read is read; what cannot is left out and said, with file, document and line.  Whoever must not answer
// from half of the manifests looks at ManifestSet::problems.
#include "edge/config/compile.h"
#include "edge/shared_list.h"
#include "models/analysis/mutes.h"
#include "models/resources/finding.h"
#include "models/resources/snapshot.h"

#include <QHash>

namespace app {

struct ManifestOrigin
{
    QString file;         // as it was given, "-" for standard input
    int line = 0;         // where it starts, or its document, if that is no list
    int document = 1;     // of the file; 0: the file as a whole
    QString field = {};   // where it stands in its document, if that is a list: "items[2]"
    QString text() const; // "all.yaml, document 2"
    bool operator==(const ManifestOrigin &) const = default;
};
struct PlacedManifest
{
    edge::Value object;
    ManifestOrigin origin;
    QString field;         // where it stands in its document, if that is a list: "items[2]"
    QString place() const; // "all.yaml, document 2, line 7, items[2]"
};
struct ManifestCopy // an object of getambassador.io whose name another one takes behind it
{
    QString name; // "Mapping shop/cart"
    std::shared_ptr<const edge::Value> object;
    ManifestOrigin origin;
};
struct ManifestSet
{
    edge::SharedList<edge::Value>
        objects; // those that lack a namespace are in the reader's; of a group one of a name
    QList<ManifestCopy> copies;
    QHash<QString, ManifestOrigin>
        origins; // "Mapping shop/cart", "Namespace shop", those of annotations too; of two the last, which counts
    QList<models::Mute> mutes; // `# sallyport:ignore CODE reason` of each document, for its objects
    QStringList problems;      // files and documents that are left out, and why
    QStringList notes;         // objects that are not what somebody meant: there twice, or of no kind
    QList<models::Finding>
        findings; // RT-013: what problems say, RT-014: what nothing looks at, all but the last of a name among it, RT-023
    QHash<QString, ManifestOrigin>
        places; // of those about a manifest itself, of which a document may have several
    // Where the object of a finding stands, these or others; nullptr: in no manifest.
    const ManifestOrigin *originOf(const models::Finding &finding) const;
    void setPlace(const models::Finding &finding,
                  const ManifestOrigin &origin); // of one about a manifest itself
};

// What of manifests depends on the edge that they are for.  Of the objects of one name an API server holds one: of copies in
// several versions, or for several edges, the last that this edge reads stands in objects from now on (before: the last of
// all, which kubectl apply leaves).  And what the edge makes of Ingresses has its origin where they have theirs.
void fitToEdge(ManifestSet &set, const edge::CompileOptions &options);

// "Mapping prod/a: spec.weight: …" → "all.yaml, document 2: Mapping prod/a: spec.weight: …"; of objects from elsewhere as it is.
QString withPlace(const QString &note, const ManifestSet &set);

// Reads the same places again and again; documents whose text is known are not parsed again, and share their objects with
// the set before.  Thread: one at a time.
class ManifestReader
{
public:
    ManifestReader(QStringList paths, QString nameSpace,
                   std::stop_token stop); // stop: of standard input
    ManifestSet read();
    // Every object of one file, as it is written: no namespace is added, nothing is left out.
    static edge::Result<std::vector<PlacedManifest>> placedManifests(const QByteArray &text,
                                                                     const QString &file);
    QString fingerprint()
        const; // changes whenever a manifest does: names, sizes and times; the same for standard input

private:
    struct Document // of a text that was seen
    {
        std::vector<std::shared_ptr<const edge::Value>> objects;
        QStringList names;  // of the objects: "Mapping shop/cart"
        QStringList fields; // where they stand in the document, if it is a list: "items[2]"
        QList<int> lines;   // and where they start there; -1: it is no list
        QList<std::pair<QString, std::size_t>> annotated; // names of those in their annotations, and whose
    };
    using Documents = QHash<QByteArray, Document>; // by text
    struct Placed
    {
        QString name, key; // the key has its group, too
        std::shared_ptr<const edge::Value> object;
        ManifestOrigin origin;
    };
    struct Cut;
    void addFile(ManifestSet &set, const QString &file, const Documents &before);
    static ManifestOrigin originOf(const Cut &cut, const ManifestOrigin &document, int line);
    static void addMutes(ManifestSet &set, const Cut &cut, const ManifestOrigin &origin,
                         const Document &document);
    void addObject(ManifestSet &set, const ManifestOrigin &origin, const Document &document,
                   std::size_t number);
    void keepLastOfEach(ManifestSet &set);
    static void noteFaults(ManifestSet &set, const Placed &one);
    edge::Result<const Document *> documentOf(const Cut &cut, const QString &place, const Documents &before);
    edge::Result<Document> parse(const Cut &cut, const QString &place) const;

    QStringList m_paths;
    QString m_nameSpace;
    std::stop_token m_stop;
    Documents m_documents;
    QList<std::pair<QString, ManifestOrigin>> m_annotated; // of the set that is being read
    QList<Placed> m_placed;                                // of it, too
    QHash<QString, qsizetype> m_seen;                      // in m_placed the last of each key
};

edge::Result<std::vector<edge::Value>> readManifestText(const QByteArray &text,
                                                        const QString &name); // lists are unfolded

// The same as if a cluster had held them, with pods of their templates (template_pods.h); a kind that no manifest is of counts as
// not read, but for those of the edge.
models::SnapshotInput snapshotInputOf(const edge::SharedList<edge::Value> &manifests, const QDateTime &at);

} // namespace app
