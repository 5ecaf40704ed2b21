// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manifest_files.h"

#include "app/snapshot_plan.h"
#include "edge/config/ingress.h"

#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cstdio>
#include <numeric>

using namespace Qt::StringLiterals;

namespace app {

namespace {

edge::Result<QByteArray> readFile(const QString &path)
{
    QFile file(path);
    const bool open = path == "-"_L1 ? file.open(stdin, QIODevice::ReadOnly)
                                     : (file.setFileName(path), file.open(QIODevice::ReadOnly));
    if (!open)
        return edge::failure(
            edge::Error::Kind::Config,
            (u"%1 cannot be read: %2; give -f the path of a file or folder, or - for standard input"_s.arg(
                 path, file.errorString()))
                .toStdString());
    return file.readAll();
}

QStringList filesAt(const QString &path)
{
    if (!QFileInfo(path).isDir())
        return {path};
    QStringList files;
    QDirIterator walk(path, {u"*.yaml"_s, u"*.yml"_s, u"*.json"_s}, QDir::Files,
                      QDirIterator::Subdirectories);
    while (walk.hasNext())
        files.append(walk.next());
    files.sort();
    return files;
}

// Of a cluster, and what only manifests can tell: of a cluster Endpoints are known by its pods.
QList<kube::ResourceType> knownTypes()
{
    QList<kube::ResourceType> types = meshTypes(nullptr) + ambassadorTypes(nullptr, false)
        + platformTypes(nullptr) + QList{definitionsType(nullptr)};
    types.append({{}, u"v1"_s, u"endpoints"_s, u"Endpoints"_s, true});
    return types;
}

const QSet<QString> &kindsWithoutNamespace()
{
    static const QSet<QString> kinds = [] {
        QSet<QString> found;
        for (const kube::ResourceType &type : knownTypes()) {
            if (!type.namespaced)
                found.insert(type.kind);
        }
        return found;
    }();
    return kinds;
}

models::ObjectRef refOf(const edge::Value &object)
{
    return {QString::fromStdString(object["kind"].text()),
            QString::fromStdString(object.at({"metadata", "namespace"}).text()),
            QString::fromStdString(object.at({"metadata", "name"}).text())};
}

// Why nobody will look at it; "" if it is an object as Kubernetes knows them.
QString strangeness(const edge::Value &object)
{
    if (!object.isObject())
        return u"is no object"_s;
    for (const auto &[field, found] : {std::pair("apiVersion", &object["apiVersion"]),
                                       {"kind", &object["kind"]},
                                       {"metadata.name", &object.at({"metadata", "name"})}}) {
        if (!found->isString() || found->text().empty())
            return u"has no %1"_s.arg(QLatin1String(field));
    }
    return {};
}

// Of getambassador.io, whatever an edge of some generation or edition makes of them.
const QStringList &kindsOfTheEdge()
{
    static const QStringList kinds = [] {
        QStringList found{u"AuthService"_s,
                          u"ConsulResolver"_s,
                          u"DevPortal"_s,
                          u"Filter"_s,
                          u"FilterPolicy"_s,
                          u"Host"_s,
                          u"KubernetesEndpointResolver"_s,
                          u"KubernetesServiceResolver"_s,
                          u"Listener"_s,
                          u"LogService"_s,
                          u"Mapping"_s,
                          u"Module"_s,
                          u"Project"_s,
                          u"ProjectController"_s,
                          u"ProjectRevision"_s,
                          u"RateLimit"_s,
                          u"RateLimitService"_s,
                          u"TCPMapping"_s,
                          u"TLSContext"_s,
                          u"TracingService"_s};
        for (const kube::ResourceType &type : knownTypes()) {
            if (type.group == "getambassador.io"_L1 && !found.contains(type.kind))
                found.append(type.kind);
        }
        return found;
    }();
    return kinds;
}

bool isAmbassadors(const edge::Value &object)
{
    return object["apiVersion"].text().starts_with("getambassador.io/");
}

bool isOfTheEdge(const edge::Value &object)
{
    return isAmbassadors(object) && kindsOfTheEdge().contains(QString::fromStdString(object["kind"].text()));
}

// How many letters must be put in, taken out or changed to make b of a.
int letters(const QString &a, const QString &b)
{
    QList<int> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 0; i < a.size(); ++i) {
        int diagonal = std::exchange(row[0], int(i) + 1);
        for (qsizetype j = 0; j < b.size(); ++j) {
            const int changed = diagonal + (a[i].toLower() == b[j].toLower() ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
        }
    }
    return row.last();
}

// What is wrong with the kind of an object of getambassador.io; "" nothing.
QString strangeKind(const edge::Value &object)
{
    constexpr int Slip = 2; // letters that a slip of the pen gets wrong
    const QString kind = QString::fromStdString(object["kind"].text());
    const QString version = QString::fromStdString(object["apiVersion"].text());
    if (!version.startsWith("getambassador.io/"_L1) || kindsOfTheEdge().contains(kind))
        return {};
    const auto meant = std::min_element(
        kindsOfTheEdge().begin(), kindsOfTheEdge().end(),
        [&](const QString &a, const QString &b) { return letters(kind, a) < letters(kind, b); });
    return u"%1 is no kind of getambassador.io%2; nothing looks at it"_s.arg(
        kind, letters(kind, *meant) <= Slip ? u" (%1 is)"_s.arg(*meant) : QString());
}

// why: as it is said where only a line is.
void leaveOut(ManifestSet &set, const ManifestOrigin &origin, const QString &why)
{
    set.problems.append(why);
    const QString place = origin.document > 0 ? origin.text() : origin.file;
    const models::ObjectRef manifest{u"Manifest"_s, {}, place};
    set.origins.insert(manifest.text(), origin);
    QString message = why.startsWith(place) ? why.mid(place.size()) : why;
    while (message.startsWith(u',') || message.startsWith(u':') || message.startsWith(u' '))
        message.remove(0, 1);
    set.findings.append({u"RT-013"_s,
                         models::Severity::Error,
                         manifest,
                         {},
                         message,
                         {},
                         u"correct it there; the other manifests were checked without it"_s});
}

void noteStrange(ManifestSet &set, const ManifestOrigin &origin, const models::ObjectRef &object,
                 const QString &path, const QString &why)
{
    set.findings.append({u"RT-014"_s,
                         models::Severity::Warning,
                         object,
                         path,
                         why,
                         {},
                         u"correct it, or keep what is no manifest out of this place"_s});
    if (!set.origins.contains(object.text()))
        set.origins.insert(object.text(), origin);
}

bool hasAmbassadors(const ManifestSet &set, const QString &name)
{
    return std::any_of(set.objects.begin(), set.objects.end(), [&name](const edge::Value &object) {
        return isAmbassadors(object) && refOf(object).text() == name;
    });
}

QString secondTime(const QString &name, const ManifestOrigin &counts)
{
    return u": %1 is there a second time; the one of %2 counts"_s.arg(name, counts.text());
}

// copy: which counts now, in the place of the one of before.
void exchangeNotes(QStringList &notes, const ManifestCopy &copy, const ManifestOrigin &before)
{
    const QString said = secondTime(copy.name, before);
    for (QString &note : notes) {
        if (!note.endsWith(said))
            continue;
        const QString place = note.chopped(said.size());
        note = (place == copy.origin.text() ? before.text() : place) + secondTime(copy.name, copy.origin);
    }
}

} // namespace

QString ManifestOrigin::text() const { return u"%1, document %2"_s.arg(file).arg(document); }

namespace {

void chooseCopies(ManifestSet &set, const edge::CompileOptions &options)
{
    QHash<QString, const ManifestCopy *> chosen;
    for (const ManifestCopy &copy : std::as_const(set.copies)) {
        if (!chosen.contains(copy.name) && edge::isTaken(*copy.object, options))
            chosen.insert(copy.name, &copy);
    }
    if (chosen.isEmpty())
        return;
    edge::SharedList<edge::Value> objects;
    for (const auto &item : set.objects.items()) {
        const QString name = refOf(*item).text();
        const ManifestCopy *copy = chosen.value(name);
        if (!copy || !isAmbassadors(*item) || edge::isTaken(*item, options)) {
            objects.push_back(item);
            continue;
        }
        objects.push_back(copy->object);
        exchangeNotes(set.notes, *copy, set.origins.value(name));
        set.origins.insert(name, copy->origin);
    }
    set.objects = std::move(objects);
}

} // namespace

void fitToEdge(ManifestSet &set, const edge::CompileOptions &options)
{
    chooseCopies(set, options);
    for (const edge::MadeObject &made : edge::objectsOfIngresses(set.objects, options)) {
        const auto origin = set.origins.constFind(refOf(*made.ingress).text());
        if (const QString name = refOf(made.object).text();
            origin != set.origins.constEnd() && !set.origins.contains(name))
            set.origins.insert(name, ManifestOrigin(*origin));
    }
}

QString withPlace(const QString &note, const ManifestSet &set)
{
    const auto origin = set.origins.constFind(note.left(note.indexOf(u": "_s)));
    return origin == set.origins.constEnd() || note.contains(origin->text())
        ? note
        : origin->text() + u": "_s + note;
}

edge::Result<std::vector<edge::Value>> readManifestText(const QByteArray &text, const QString &name)
{
    auto documents =
        edge::parseYaml(std::string_view(text.constData(), size_t(text.size())), name.toStdString());
    if (!documents)
        return documents;
    std::vector<edge::Value> objects;
    for (edge::Value &document : *documents) {
        if (document["kind"].text() == "List") {
            for (const edge::Value &item : document["items"].items())
                objects.push_back(item);
        } else {
            objects.push_back(std::move(document));
        }
    }
    return objects;
}

// A document of a file.  Comments in front of its separator belong to it.
struct ManifestReader::Cut
{
    QByteArray text;     // points into the file's
    int firstLine = 1;   // of text
    int line = 1;        // where the document proper starts
    bool isEmpty = true; // so far: nothing but comments

    static QList<Cut> documentsOf(const QByteArray &file)
    {
        QList<Cut> documents;
        Cut cut;
        qsizetype start = 0;
        int number = 0;
        const auto close = [&](qsizetype end) {
            cut.text = QByteArray::fromRawData(file.constData() + start, end - start);
            if (!cut.isEmpty)
                documents.append(cut);
        };
        for (qsizetype at = 0; at < file.size();) {
            const qsizetype newline = file.indexOf('\n', at);
            const qsizetype end = newline < 0 ? file.size() : newline + 1;
            const QByteArrayView line = QByteArrayView(file).sliced(at, end - at).trimmed();
            ++number;
            const bool separates = file[at] == '-' && (line == "---" || line.startsWith("--- "));
            if (separates && !cut.isEmpty) {
                close(at);
                cut = {{}, number, number, true};
                start = at;
            } else if (separates) {
                cut.line = number;
            }
            const QByteArrayView content = separates ? line.sliced(3).trimmed() : line;
            cut.isEmpty = cut.isEmpty && (content.isEmpty() || content.startsWith('#'));
            at = end;
        }
        close(file.size());
        return documents;
    }
};

ManifestReader::ManifestReader(QStringList paths, QString nameSpace)
    : m_paths(std::move(paths))
    , m_nameSpace(std::move(nameSpace))
{
    m_paths.removeDuplicates();
}

ManifestSet ManifestReader::read()
{
    ManifestSet set;
    const Documents before = std::exchange(m_documents, {});
    m_documents.reserve(before.size());
    m_annotated.clear();
    for (const QString &path : std::as_const(m_paths)) {
        const QStringList files = filesAt(path);
        if (files.isEmpty())
            set.problems.append(u"%1 holds no *.yaml, *.yml or *.json"_s.arg(path));
        for (const QString &file : files)
            addFile(set, file, before);
    }
    for (const auto &[name, origin] : std::as_const(m_annotated)) { // an object of that name goes before
        if (!set.origins.contains(name))
            set.origins.insert(name, origin);
    }
    return set;
}

QString ManifestReader::fingerprint() const
{
    QStringList parts;
    for (const QString &place : m_paths) {
        for (const QString &path : place == "-"_L1 ? QStringList() : filesAt(place)) {
            const QFileInfo file(path);
            parts.append(
                u"%1 %2 %3"_s.arg(path).arg(file.size()).arg(file.lastModified().toMSecsSinceEpoch()));
        }
    }
    return parts.join(u'\n');
}

void ManifestReader::addFile(ManifestSet &set, const QString &file, const Documents &before)
{
    const auto text = readFile(file);
    ManifestOrigin origin{file, 0, 0};
    if (!text) {
        leaveOut(set, origin, QString::fromStdString(text.error().message));
        return;
    }
    for (const Cut &cut : Cut::documentsOf(*text)) {
        origin.line = cut.line;
        ++origin.document;
        const auto read = documentOf(cut, origin.text(), before);
        if (!read) {
            leaveOut(set, origin,
                     QString::fromStdString(read.error().message)
                         + u"; correct it there, nothing of this document is used"_s);
            continue;
        }
        const Document *document = *read;
        addMutes(set, cut, origin, *document);
        for (std::size_t i = 0; i < document->objects.size(); ++i)
            addObject(set, origin, document->objects[i], document->names[qsizetype(i)]);
        for (const QString &name : document->annotated)
            m_annotated.append({name, origin});
    }
}

void ManifestReader::addObject(ManifestSet &set, const ManifestOrigin &origin,
                               const std::shared_ptr<const edge::Value> &object, const QString &name)
{
    if (const QString why = strangeness(*object); !why.isEmpty()) { // no API server takes it either
        const QString sentence = u"what stands there %1; nothing looks at it"_s.arg(why);
        set.notes.append(origin.text() + u": "_s + sentence);
        noteStrange(set, origin, {u"Manifest"_s, {}, origin.text()}, {}, sentence);
        return;
    }
    const auto there = set.origins.constFind(name);
    if (there != set.origins.constEnd() && isAmbassadors(*object) && hasAmbassadors(set, name))
        set.copies.append({name, object, origin});
    else
        set.objects.push_back(object);
    if (there != set.origins.constEnd()) {
        set.notes.append(origin.text() + secondTime(name, *there));
        return;
    }
    set.origins.insert(name, origin);
    if (const QString why = strangeKind(*object); !why.isEmpty()) {
        set.notes.append(u"%1: %2: kind: %3"_s.arg(origin.text(), name, why));
        noteStrange(set, origin, refOf(*object), u"kind"_s, why);
    }
}

// As it was parsed before, in this set or the last, if its text was there.
edge::Result<const ManifestReader::Document *>
ManifestReader::documentOf(const Cut &cut, const QString &place, const Documents &before)
{
    if (const auto known = before.constFind(cut.text); known != before.constEnd())
        return &*m_documents.insert(known.key(), *known);
    if (const auto known = m_documents.constFind(cut.text); known != m_documents.constEnd())
        return &*known;
    auto parsed = parse(cut, place);
    if (!parsed)
        return tl::unexpected(parsed.error());
    return &*m_documents.insert(QByteArray(cut.text.constData(), cut.text.size()), std::move(*parsed));
}

void ManifestReader::addMutes(ManifestSet &set, const Cut &cut, const ManifestOrigin &origin,
                              const Document &document)
{
    if (!cut.text.contains("sallyport:ignore"))
        return;
    const auto mutes = models::muteComments(cut.text, origin.file, cut.firstLine);
    if (!mutes) {
        leaveOut(set, origin, mutes.error().message + u"; it mutes nothing"_s);
        return;
    }
    for (const auto &object : document.objects) {
        const models::ObjectRef ref = refOf(*object);
        for (models::Mute mute : *mutes) {
            mute.kind = ref.kind;
            mute.nameSpace = ref.nameSpace;
            mute.name = ref.name;
            set.mutes.append(mute);
        }
    }
}

edge::Result<ManifestReader::Document> ManifestReader::parse(const Cut &cut, const QString &place) const
{
    auto objects = readManifestText(cut.text, place);
    if (!objects) // once more, so that the line is the file's
        return tl::unexpected(
            readManifestText(QByteArray(cut.firstLine - 1, '\n') + cut.text, place).error());
    Document document;
    for (edge::Value &object : *objects) {
        const bool isPlaced = !object.at({"metadata", "namespace"}).text().empty();
        if (object.isObject() && !isPlaced
            && !kindsWithoutNamespace().contains(QString::fromStdString(object["kind"].text())))
            object.child("metadata").set("namespace", m_nameSpace.toStdString());
        document.names.append(refOf(object).text());
        for (const edge::ResourceRef &ref : edge::annotatedRefs(object))
            document.annotated.append(models::ObjectRef{QString::fromStdString(ref.kind),
                                                        QString::fromStdString(ref.nameSpace),
                                                        QString::fromStdString(ref.name)}
                                          .text());
        document.objects.push_back(std::make_shared<const edge::Value>(std::move(object)));
    }
    return document;
}

models::SnapshotInput snapshotInputOf(const edge::SharedList<edge::Value> &manifests, const QDateTime &at)
{
    models::SnapshotInput input;
    input.takenAt = at;
    QHash<QString, QString> pluralOfKind;
    for (const kube::ResourceType &type : knownTypes()) {
        pluralOfKind.insert(type.kind, type.plural);
        // Manifests hold the edge's configuration as a whole; of other kinds, such as Pods and Secrets, those that are not in them
        // are not known rather than absent.
        if (type.group == "getambassador.io"_L1)
            input.objects.insert(type.plural, {});
    }
    for (const edge::Value &object : manifests) {
        const QString kind = QString::fromStdString(object["kind"].text());
        QString plural = pluralOfKind.value(kind);
        if (plural.isEmpty() && isOfTheEdge(object))
            plural = kind; // nobody asks for it by name
        if (plural.isEmpty())
            continue;
        kube::Object raw;
        raw.nameSpace = QString::fromStdString(object.at({"metadata", "namespace"}).text());
        raw.name = QString::fromStdString(object.at({"metadata", "name"}).text());
        raw.json = QByteArray::fromStdString(edge::toJson(object));
        input.objects[plural].append(raw);
    }
    return input;
}

} // namespace app
