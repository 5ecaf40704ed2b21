// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/namespace_scope.h"

#include <QCoreApplication>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(NamespaceScope)
};

// A cell names the namespace, or a thing in it: "shop", "shop/wild-card", "Pod shop/cart".
const QString TermBegins = u"ns:/(^|\\s)("_s, TermEnds = u")(\\/|$)/"_s;

} // namespace

// A name that is no DNS label (an annotation may say anything) is taken literally.
QString namespaceTerm(const QStringList &namespaces)
{
    QStringList literal;
    for (const QString &name : namespaces)
        literal.append(QRegularExpression::escape(name));
    return literal.isEmpty() ? QString() : TermBegins + literal.join(u'|') + TermEnds;
}

QStringList namespacesOf(const QString &scope)
{
    for (const QString &term : scope.split(u' ', Qt::SkipEmptyParts)) {
        if (!term.startsWith(TermBegins) || !term.endsWith(TermEnds))
            continue;
        QString names = term.sliced(TermBegins.size()).chopped(TermEnds.size());
        return names.remove(u'\\').split(u'|');
    }
    return {};
}

QString namespacesText(const QStringList &namespaces)
{
    constexpr qsizetype Named = 3;
    if (namespaces.size() <= Named)
        return namespaces.join(u", "_s);
    return Words::tr("%1 and %2 more")
        .arg(namespaces.mid(0, Named - 1).join(u", "_s))
        .arg(namespaces.size() - Named + 1);
}

bool isInScope(const QStringList &namespaces, const QString &nameSpace)
{
    return namespaces.isEmpty() || namespaces.contains(nameSpace);
}

bool isInScope(const QStringList &namespaces, const models::Finding &finding)
{
    return finding.subject.nameSpace.isEmpty() || isInScope(namespaces, finding.subject.nameSpace);
}

} // namespace ui
