// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/kubeconfig_writer.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSaveFile>

#include <yaml-cpp/yaml.h>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

tl::unexpected<Error> wrong(const QString &message) { return failure(Error::Kind::Config, message); }

QByteArray quoted(const QString &value)
{
    const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return list.sliced(1, list.size() - 2);
}

bool mayBePlain(const QString &value)
{
    static const QRegularExpression safe(u"^[A-Za-z][A-Za-z0-9_./@-]*$"_s);
    static const QRegularExpression word(u"^(y|n|yes|no|true|false|on|off|null)$"_s,
                                         QRegularExpression::CaseInsensitiveOption);
    return safe.match(value).hasMatch() && !word.match(value).hasMatch();
}

YAML::Node step(const YAML::Node &node, const QString &name)
{
    if (node.IsMap())
        return node[name.toStdString()];
    if (!node.IsSequence())
        return YAML::Node(YAML::NodeType::Undefined);
    for (const YAML::Node &item : node) {
        if (item.IsMap() && item["name"].IsDefined() && item["name"].IsScalar()
            && item["name"].Scalar() == name.toStdString())
            return item;
    }
    return YAML::Node(YAML::NodeType::Undefined);
}

YAML::Node walk(YAML::Node node, const QStringList &path)
{
    for (const QString &name : path) {
        node.reset(step(node, name));
        if (!node.IsDefined())
            break;
    }
    return node;
}

qsizetype endOfQuoted(const QByteArray &text, qsizetype from)
{
    const char quote = text[from];
    for (qsizetype i = from + 1; i < text.size(); ++i) {
        if (quote == '"' && text[i] == '\\')
            ++i;
        else if (text[i] == quote && quote == '\'' && text.mid(i + 1, 1) == "'")
            ++i;
        else if (text[i] == quote)
            return i + 1;
    }
    return -1;
}

qsizetype endOfPlain(const QByteArray &text, qsizetype from, bool isFlow)
{
    qsizetype end = from;
    for (qsizetype i = from; i < text.size() && text[i] != '\n' && text[i] != '\r'; ++i) {
        if ((isFlow && QByteArrayView(",]}").contains(text[i]))
            || (text[i] == '#' && i > from && text[i - 1] == ' '))
            break;
        if (text[i] != ' ')
            end = i + 1;
    }
    return end;
}

QByteArray replaced(const QByteArray &text, const YAML::Node &scalar, bool isFlow, const QString &value)
{
    const qsizetype from = scalar.Mark().pos;
    const bool isQuoted = from < text.size() && (text[from] == '"' || text[from] == '\'');
    const qsizetype end = isQuoted ? endOfQuoted(text, from) : endOfPlain(text, from, isFlow);
    if (end < from)
        return text;
    return text.left(from) + (!isQuoted && mayBePlain(value) ? value.toUtf8() : quoted(value))
        + text.mid(end);
}

QByteArray inserted(const QByteArray &text, const YAML::Node &map, const QString &key, const QString &value)
{
    if (map.Style() == YAML::EmitterStyle::Flow) {
        const qsizetype at = map.Mark().pos + 1;
        return text.left(at) + quoted(key) + ": " + quoted(value) + (map.size() > 0 ? ", " : "")
            + text.mid(at);
    }
    if (map.size() == 0)
        return text;
    const YAML::Mark first = map.begin()->first.Mark();
    return text.left(first.pos) + key.toUtf8() + ": " + quoted(value) + '\n' + QByteArray(first.column, ' ')
        + text.mid(first.pos);
}

Result<QByteArray> edited(const QByteArray &text, const KubeconfigEdit &edit)
{
    const QString where = edit.path.join(u'.');
    YAML::Node root = YAML::Load(text.toStdString());
    const YAML::Node parent = walk(root, edit.path.first(edit.path.size() - 1));
    if (!parent.IsDefined() || !parent.IsMap())
        return wrong(u"%1 is not there"_s.arg(edit.path.first(edit.path.size() - 1).join(u'.')));
    const YAML::Node old = step(parent, edit.path.last());
    QByteArray changed = text;
    if (!old.IsDefined())
        changed = inserted(text, parent, edit.path.last(), edit.value);
    else if (old.IsScalar())
        changed = replaced(text, old, parent.Style() == YAML::EmitterStyle::Flow, edit.value);
    const YAML::Node check = walk(YAML::Load(changed.toStdString()), edit.path);
    if (!check.IsDefined() || !check.IsScalar() || check.Scalar() != edit.value.toStdString())
        return wrong(
            u"%1 stands there in a form that this program does not change; change it by hand or with kubectl config"_s
                .arg(where));
    return changed;
}

} // namespace

Result<QByteArray> editedKubeconfig(const QByteArray &text, const QList<KubeconfigEdit> &edits)
{
    QByteArray changed = text;
    if (changed.startsWith("\xef\xbb\xbf"))
        changed.remove(0, 3);
    try {
        for (const KubeconfigEdit &edit : edits) {
            Result<QByteArray> next = edited(changed, edit);
            if (!next)
                return next;
            changed = *next;
        }
    } catch (const YAML::Exception &broken) {
        return wrong(u"broken YAML: %1"_s.arg(QString::fromStdString(broken.msg)));
    }
    return changed;
}

Result<void> editKubeconfig(const QString &file, const QList<KubeconfigEdit> &edits)
{
    QFile lock(file + u".lock"_s);
    if (!lock.open(QIODevice::WriteOnly | QIODevice::NewOnly))
        return wrong(
            u"kubeconfig %1 is not changed: its lock %2 cannot be made (%3); another program writes it, or has left the lock behind"_s
                .arg(file, lock.fileName(), lock.errorString()));
    const auto write = [&]() -> Result<void> {
        QFile old(file);
        if (!old.open(QIODevice::ReadOnly))
            return wrong(u"kubeconfig %1 cannot be read: %2"_s.arg(file, old.errorString()));
        const Result<QByteArray> text = editedKubeconfig(old.readAll(), edits);
        if (!text)
            return wrong(u"kubeconfig %1 is not changed: %2"_s.arg(file, text.error().message));
        QSaveFile next(file);
        const bool isWritten = next.open(QIODevice::WriteOnly) && next.write(*text) == text->size()
            && next.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && next.flush() && next.commit();
        if (!isWritten)
            return wrong(u"kubeconfig %1 cannot be written: %2"_s.arg(file, next.errorString()));
        return {};
    };
    const Result<void> written = write();
    lock.remove();
    return written;
}

} // namespace kube
