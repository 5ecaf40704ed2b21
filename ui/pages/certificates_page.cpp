// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/certificates_page.h"

#include "ui/card.h"
#include "ui/chip.h"
#include "ui/finding_place.h"
#include "ui/fix_index.h"
#include "ui/namespace_scope.h"
#include "ui/table_pane.h"
#include "ui/theme.h"
#include "ui/write_words.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QMetaMethod>
#include <QPushButton>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace ui {

using models::CertificateRow;
using models::Severity;

namespace {

// What rows can be put together by, as the columns' ids.
const QList<QPair<QString, const char *>> &groups()
{
    static const QList<QPair<QString, const char *>> list{
        {{}, QT_TRANSLATE_NOOP("ui::CertificatesPage", "Urgency")},
        {u"area"_s, QT_TRANSLATE_NOOP("ui::CertificatesPage", "Area")},
        {u"user"_s, QT_TRANSLATE_NOOP("ui::CertificatesPage", "Used by")},
        {u"renewal"_s, QT_TRANSLATE_NOOP("ui::CertificatesPage", "Renewal")},
        {u"stored"_s, QT_TRANSLATE_NOOP("ui::CertificatesPage", "Stored in")}};
    return list;
}

} // namespace

CertificatesPage::CertificatesPage(QWidget *parent)
    : PageFrame(u"certificates"_s, tr("TLS & certificates"), parent)
    , m_now([] { return QDateTime::currentDateTimeUtc(); })
    , m_timer(new QTimer(this))
    , m_pane(new TablePane(u"certificates"_s, {tr("certificate"), tr("certificates")}, this))
    , m_detail(new CertificateDetail(this))
    , m_fixes(new FixIndex(this))
{
    setKinds(tr("TLS Secrets"));
    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, this, &CertificatesPage::tick);
    m_pane->setEmpty({.title = tr("No certificates"),
                      .text = tr("No TLS Secret was found, and no pod showed a mesh certificate.")});
    auto *content = new QWidget(this);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(Measure::WideGap));
    column->addWidget(m_pane, 1);
    auto *place = new QHBoxLayout;
    place->setContentsMargins(scaled(Measure::PageMargin), 0, scaled(Measure::PageMargin),
                              scaled(Measure::Gap));
    place->addWidget(m_detail);
    column->addLayout(place);
    setContent(content);
    buildSwitches();
    connect(&m_pane->table(), &TableView::currentKeyChanged, this, &CertificatesPage::showDetail);
    connect(&m_pane->table(), &TableView::opened, m_detail, &CertificateDetail::focusChain);
    connect(m_pane, &TablePane::countChanged, this, &CertificatesPage::countsChanged);
    connect(m_fixes, &FixIndex::changed, this, &CertificatesPage::countsChanged); // with the detail
    connect(m_detail, &CertificateDetail::checkRequested, this,
            [this](const QString &key, const QString &serverName) {
                Q_EMIT checkRequested(key, serverName);
                showDetail();
            });
    connect(m_detail, &CertificateDetail::revealRequested, this, &CertificatesPage::revealRequested);
    connect(m_detail, &CertificateDetail::fixRequested, this, &CertificatesPage::fixRequested);
    connect(m_detail, &CertificateDetail::followed, this, &CertificatesPage::pageRequested);
}

// Which certificates are shown, and what stands together.
void CertificatesPage::buildSwitches()
{
    const QList<std::tuple<QString, QString, QString>> areas{
        {u"edge"_s, tr("Edge"), tr("What clients of the edge see, and what it presents to services")},
        {u"mesh"_s, tr("Mesh"), tr("Of workloads and of the mesh's authorities")},
        {u"other"_s, tr("Other"), tr("Of this machine, and what nothing uses that was found")}};
    for (const auto &[id, name, meaning] : areas) {
        auto *button = makeButton(name, u"certificateArea-"_s + id, m_pane);
        button->setCheckable(true);
        button->setChecked(true);
        button->setToolTip(meaning);
        button->setAccessibleName(tr("Show certificates: %1").arg(name));
        m_pane->addAction(button);
        m_areas.append({id, button});
        connect(button, &QPushButton::toggled, this, &CertificatesPage::applyScope);
    }
    m_group = makeButton({}, u"certificateGroup"_s, m_pane);
    m_pane->addAction(m_group);
    auto *menu = new QMenu(m_group);
    for (const auto &[id, name] : groups())
        menu->addAction(tr(name), this, [this, id = id] { groupBy(id); });
    m_group->setMenu(menu);
    groupBy({});
}

void CertificatesPage::groupBy(const QString &column)
{
    m_groupColumn = column;
    for (const auto &[id, name] : groups()) {
        if (id == column)
            m_group->setText(tr("Group by: %1").arg(tr(name)));
    }
    if (!m_certificates)
        return;
    m_pane->table().sortBy(column.isEmpty() ? QStringList{u"ends"_s} : QStringList{column, u"ends"_s});
    m_pane->table().setGroupColumn(column);
}

void CertificatesPage::applyScope()
{
    QStringList scope;
    if (!m_namespaces.isEmpty())
        scope.append(namespaceTerm(m_namespaces));
    for (const auto &[id, button] : std::as_const(m_areas)) {
        if (!button->isChecked())
            scope.append(u"-area:"_s + id);
    }
    m_pane->setScope(scope.join(u' '));
}

void CertificatesPage::setCertificates(models::TableModel<CertificateRow> &certificates)
{
    m_certificates = &certificates;
    m_pane->setModel(certificates);
    m_pane->setObjectOf([&certificates](const QString &key) {
        const CertificateRow *row = certificates.find(key);
        return row && row->storedAt.kind != "Kubeconfig"_L1 ? row->storedAt : models::ObjectRef();
    });
    groupBy(m_groupColumn);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&certificates, signal, this, &CertificatesPage::countsChanged);
    connect(&certificates, &models::TableModelBase::batchApplied, this, &CertificatesPage::countsChanged);
    connect(&certificates, &models::TableModelBase::completed, this, &CertificatesPage::countsChanged);
    countsChanged();
}

void CertificatesPage::setFindings(const models::TableModel<models::FindingRow> &findings)
{
    m_fixes->setFindings(findings);
}

void CertificatesPage::setRates(std::function<double(const QString &)> rateOf)
{
    m_detail->setRates(std::move(rateOf));
}

void CertificatesPage::toggleDetails() { m_detail->toggleParts(); }

QStringList CertificatesPage::detailState() const
{
    const auto wanted = m_detail->wantsParts();
    return wanted ? QStringList{*wanted ? u"parts"_s : u"no-parts"_s} : QStringList();
}

void CertificatesPage::restoreDetailState(const QStringList &state)
{
    m_detail->setWantsParts(state.isEmpty() ? std::nullopt : std::optional(state.first() == u"parts"_s));
}

void CertificatesPage::resizeEvent(QResizeEvent *event)
{
    constexpr int HighEnough = 640;
    PageFrame::resizeEvent(event);
    m_detail->setLow(height() < scaled(HighEnough));
}

void CertificatesPage::setConnection(const models::ConnectionState &state)
{
    PageFrame::setConnection(state);
    m_detail->setConnection(state);
    showDetail();
}

void CertificatesPage::setClock(std::function<QDateTime()> now) { m_now = std::move(now); }

QString CertificatesPage::currentKey() const { return m_pane->table().currentKey(); }

void CertificatesPage::setNamespaces(const QStringList &names)
{
    m_namespaces = names;
    applyScope();
}

QList<QWidget *> CertificatesPage::panes() const
{
    return {&m_pane->table(), m_detail->isOpen() ? m_detail->currentPart() : nullptr};
}

void CertificatesPage::focusFilter() { m_pane->focusFilter(); }

// What was filtered for stays, unless it hides what was asked for.
void CertificatesPage::goTo(const QString &target)
{
    const QString key = m_certificates ? certificateKey(*m_certificates, target, m_now()) : target;
    if (m_pane->table().selectKey(key))
        return;
    const bool isRow = m_certificates && m_certificates->find(key);
    for (const auto &[id, button] : std::as_const(m_areas)) {
        if (isRow)
            button->setChecked(true);
    }
    if (isRow)
        m_pane->choose(key, m_certificates->find(key)->storedAt.name);
    else
        m_pane->setFilter(target);
}

QList<Command> CertificatesPage::commands()
{
    constexpr int Most = 20000; // beyond that the filter is the better way
    QList<Command> commands;
    for (int i = 0; m_certificates && i < qMin(Most, m_certificates->rowCount()); ++i) {
        const auto &row = m_certificates->row(i);
        commands.append({row.subject + u"   "_s + row.storedIn, tr("certificate"),
                         [this, key = row.key] { Q_EMIT pageRequested(id(), key); }});
    }
    return commands;
}

void CertificatesPage::setCompact(bool compact) { m_pane->table().setCompact(compact); }

bool CertificatesPage::hasContent() const
{
    return m_certificates && (m_certificates->isComplete() || m_certificates->rowCount() > 0);
}

void CertificatesPage::countsChanged()
{
    if (!m_certificates)
        return;
    tick();
    updateState();
}

// Recounts and repaints; then waits for the first moment at which a countdown reads differently.
void CertificatesPage::tick()
{
    const QDateTime now = m_now();
    int ended = 0;
    int errors = 0;
    int warnings = 0;
    int bad = 0, alarming = 0; // without what was muted
    QDateTime next;
    QDateTime rotation;
    const CertificateRow *soonest = nullptr;
    QStringList turned;
    for (int i = 0; i < m_certificates->rowCount(); ++i) {
        const CertificateRow &row = m_certificates->row(i);
        if (const auto before = m_urgencies.constFind(row.key);
            before != m_urgencies.constEnd() && *before != models::urgencyOf(row, now))
            turned.append(row.key);
        m_urgencies.insert(row.key, models::urgencyOf(row, now));
        const QDateTime turn = models::nextRotation(row, now);
        for (const QDateTime &end : {row.notAfter, turn}) {
            const QDateTime change = models::nextCountdownChange(end, now);
            if (change.isValid() && (!next.isValid() || change < next))
                next = change;
        }
        if (!isInScope(m_namespaces, row.storedAt.nameSpace))
            continue;
        const Severity severity = models::countdownSeverity(row, now);
        const bool isOver = row.notAfter.isValid() && row.notAfter < now;
        ended += isOver;
        errors += severity == Severity::Error && !isOver;
        warnings += severity == Severity::Warning;
        const Severity open = m_fixes->openSeverity(severity, row.storedAt);
        bad += open == Severity::Error;
        alarming += open == Severity::Warning;
        if (turn.isValid() && (!rotation.isValid() || turn < rotation))
            rotation = turn;
        if (models::endsNext(row, soonest, now))
            soonest = &row;
    }
    QStringList facts;
    if (ended > 0)
        facts.append(tr("%1 expired").arg(QLocale().toString(ended)));
    if (errors > 0)
        facts.append(countText(errors, tr("ends within 7 days"), tr("end within 7 days")));
    if (warnings > 0)
        facts.append(countText(warnings, tr("ends within 30 days"), tr("end within 30 days")));
    if (rotation.isValid())
        facts.append(tr("next rotation in %1").arg(models::countdownText(rotation, now)));
    if (soonest && !models::renewsInTime(*soonest, now)) // that one is said already
        facts.append(
            tr("next end in %1: %2").arg(models::countdownText(soonest->notAfter, now), soonest->subject));
    facts.append(m_pane->countText());
    setFacts(facts.join(u" · "_s));
    Q_EMIT badgeChanged(bad > 0            ? QLocale().toString(bad)
                            : alarming > 0 ? QLocale().toString(alarming)
                                           : QString(),
                        bad > 0            ? std::optional(Severity::Error)
                            : alarming > 0 ? std::optional(Severity::Warning)
                                           : std::nullopt);
    m_pane->table().viewport()->update();
    showDetail();
    if (!turned.isEmpty()) // the worst stand first
        m_certificates->readAgain(turned);
    if (next.isValid() && isVisible())
        m_timer->start(int(qBound(qint64(50), qint64(now.msecsTo(next) + 20), qint64(3600000))));
}

void CertificatesPage::showEvent(QShowEvent *event)
{
    PageFrame::showEvent(event);
    if (m_certificates)
        tick();
}

void CertificatesPage::hideEvent(QHideEvent *event)
{
    PageFrame::hideEvent(event);
    m_timer->stop();
}

void CertificatesPage::showDetail()
{
    const CertificateRow *row = m_certificates ? m_certificates->find(currentKey()) : nullptr;
    const bool takesPlace = row && m_detail->isHidden();
    if (!row)
        return m_detail->hide();
    if (takesPlace) // of the table: the row that was chosen stays in sight
        QMetaObject::invokeMethod(
            this,
            [this] {
                layout()->activate();
                m_pane->table().scrollTo(m_pane->table().currentIndex());
            },
            Qt::QueuedConnection);
    m_detail->setAsked(isSignalConnected(QMetaMethod::fromSignal(&CertificatesPage::checkRequested)));
    m_detail->setForbidden(
        m_forbidden.value(u"reveal/%1/%2"_s.arg(row->storedAt.nameSpace, row->storedAt.name)));
    showFixes(*row);
    m_detail->show(*row, m_now());
}

// Of several certificates of one Secret the worst is meant.
void CertificatesPage::showFixes(const CertificateRow &row)
{
    const models::ObjectRef &at = row.storedAt;
    const QString place = at.nameSpace.isEmpty() ? at.name : QString(at.nameSpace + u'/' + at.name);
    const bool isMeant = !place.isEmpty() && certificateKey(*m_certificates, place, m_now()) == row.key;
    const QStringList keys = isMeant ? m_fixes->keysAt(id(), place) : QStringList();
    QString missing;
    for (const QString &key : keys)
        missing = missing.isEmpty() ? m_forbidden.value(u"fix/"_s + key) : missing;
    m_detail->setFixes(keys, whyNoWrite(connection(), missing));
}

QList<ObjectAction> CertificatesPage::objectActions()
{
    return m_detail->isHidden() ? QList<ObjectAction>() : m_detail->actions();
}

void CertificatesPage::setHandshake(const HandshakeAnswer &answer) { m_detail->setHandshake(answer); }

void CertificatesPage::setForbidden(const QHash<QString, QString> &forbidden)
{
    m_forbidden = forbidden;
    showDetail();
}

} // namespace ui
