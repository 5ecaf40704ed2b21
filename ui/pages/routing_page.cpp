// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/routing_page.h"

#include "ui/card.h"
#include "ui/detail_pane.h"
#include "ui/step_list.h"
#include "ui/table_pane.h"
#include "ui/text_label.h"
#include "ui/text_view.h"
#include "ui/time_text.h"

#include <QDialog>
#include <QHBoxLayout>
#include <QMetaMethod>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace ui {

using models::MappingRow;
using models::MappingVerdict;
using models::Severity;

namespace {

QString stateWord(MappingVerdict::State state)
{
    switch (state) {
    case MappingVerdict::State::Loaded: return RoutingPage::tr("Loaded");
    case MappingVerdict::State::Rejected: return RoutingPage::tr("Rejected");
    case MappingVerdict::State::Shadowed: return RoutingPage::tr("Shadowed");
    case MappingVerdict::State::NotForThisEdge: return RoutingPage::tr("Not for this edge");
    case MappingVerdict::State::Unreachable: return RoutingPage::tr("Unreachable");
    case MappingVerdict::State::Unknown: break;
    }
    return RoutingPage::tr("Not checked yet");
}

QList<Fact> factsOf(const MappingRow &row)
{
    const auto none = RoutingPage::tr("none");
    QList<Fact> facts;
    if (const MappingVerdict *verdict = row.verdict.get()) {
        if (!verdict->stateReason.isEmpty())
            facts.append({RoutingPage::tr("State"), verdict->stateReason});
        if (verdict->order > 0)
            facts.append(
                {RoutingPage::tr("Match order"),
                 RoutingPage::tr("%1 of %2 on this host").arg(verdict->order).arg(verdict->ofRoutes)});
        if (!verdict->upstreamHost.isEmpty())
            facts.append({RoutingPage::tr("Upstream"),
                          u"%1:%2"_s.arg(verdict->upstreamHost).arg(verdict->upstreamPort)});
        facts.append({RoutingPage::tr("Endpoints ready"),
                      RoutingPage::tr("%1 of %2").arg(verdict->endpointsReady).arg(verdict->endpoints)});
        if (verdict->endpoints > 0)
            facts.append({RoutingPage::tr("Sidecars"),
                          RoutingPage::tr("%1 of %2, %3")
                              .arg(verdict->sidecars)
                              .arg(verdict->endpoints)
                              .arg(verdict->targetMode.isEmpty() ? RoutingPage::tr("mode not known")
                                                                 : verdict->targetMode)});
        facts.append(
            {RoutingPage::tr("TLS to service"),
             verdict->tlsContext.isEmpty() ? RoutingPage::tr("none, plain HTTP") : verdict->tlsContext});
        facts.append(
            {RoutingPage::tr("Certificate"), verdict->certificate.isEmpty() ? none : verdict->certificate});
    }
    facts.append({RoutingPage::tr("Host"), row.host.isEmpty() ? u"*"_s : row.host});
    if (!row.conditions.isEmpty())
        facts.append({RoutingPage::tr("Conditions"), row.conditions});
    if (row.requestsPerSecond >= 0)
        facts.append({RoutingPage::tr("Requests"),
                      RoutingPage::tr("%1 a second").arg(rateText(row.requestsPerSecond))});
    facts.append({RoutingPage::tr("Created"), agoText(row.created, QDateTime::currentDateTimeUtc()),
                  exactText(row.created)});
    return facts;
}

QString hopName(models::Hop::Security security)
{
    switch (security) {
    case models::Hop::Security::Plain: return RoutingPage::tr("plain");
    case models::Hop::Security::Tls: return RoutingPage::tr("TLS");
    case models::Hop::Security::MutualTls: return RoutingPage::tr("mutual TLS");
    case models::Hop::Security::Broken: return RoutingPage::tr("broken");
    case models::Hop::Security::Unknown: break;
    }
    return RoutingPage::tr("not known");
}

} // namespace

RoutingPage::RoutingPage(QWidget *parent)
    : PageFrame(u"routing"_s, tr("Routing"), parent)
    , m_pane(new TablePane(u"mappings"_s, tr("Mappings"), this))
    , m_detail(new DetailPane(tr("Details of the Mapping"), this))
{
    m_pane->setEmpty(
        {.title = tr("No Mappings"),
         .text
         = tr("This cluster has no Mapping yet. The integration guide makes the first one: press Ctrl+7.")});
    buildDetail();
    m_detail->setObjectName(u"mappingDetail"_s);
    m_detail->setNothing(tr("Choose a Mapping to see why it serves what it serves."));
    setContent(new DetailSplit(m_pane, m_detail, this));
    connect(&m_pane->table(), &TableView::currentKeyChanged, this, &RoutingPage::showDetail);
    connect(&m_pane->table(), &TableView::opened, this,
            [this] { m_detail->setFocus(Qt::ShortcutFocusReason); });
    connect(m_pane, &TablePane::countChanged, this, &RoutingPage::countsChanged);
}

QWidget *RoutingPage::buildDetail()
{
    m_detailFacts = m_detail->addFacts();
    m_findingsHead = m_detail->addSection(tr("Findings"));
    m_findings = m_detail->addText();
    m_whyHead = m_detail->addSection(tr("Why this route"));
    m_why = new TextView(tr("Why this route"), m_detail);
    m_why->setObjectName(u"mappingWhy"_s);
    m_why->setFitsContents(16);
    m_why->setWraps();
    m_detail->addWidget(m_why);
    m_test = makePrimaryButton(tr("Test a request"), u"mappingTest"_s, m_detail);
    m_yaml = makeButton(tr("YAML"), u"mappingYaml"_s, m_detail);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_test);
    buttons->addWidget(m_yaml);
    buttons->addStretch();
    m_detail->addLayout(buttons);
    m_hopsHead = m_detail->addSection(tr("Hop by hop"));
    m_hops = new StepList(m_detail);
    m_detail->addWidget(m_hops);
    m_usesHead = m_detail->addSection(tr("Uses"));
    m_uses = m_detail->addText();
    connect(m_test, &QPushButton::clicked, this, [this] {
        if (const MappingRow *row = m_mappings->find(currentKey()))
            Q_EMIT testRequested(u"GET"_s, sampleUrl(*row));
    });
    connect(m_yaml, &QPushButton::clicked, this, [this] { Q_EMIT yamlRequested(currentKey()); });
    return m_detail;
}

void RoutingPage::setMappings(models::TableModel<MappingRow> &mappings)
{
    m_mappings = &mappings;
    m_pane->setModel(mappings);
    m_pane->table().sortBy(u"order"_s);
    connect(&mappings, &QAbstractItemModel::dataChanged, this, [this] { showDetail(); });
    connect(&mappings, &QAbstractItemModel::rowsRemoved, this, [this] { showDetail(); });
    connect(&mappings, &models::TableModelBase::completed, this, &RoutingPage::updateState);
    connect(&mappings, &QAbstractItemModel::modelReset, this, &RoutingPage::updateState);
    updateState();
}

void RoutingPage::setEdge(const models::EdgeView &view)
{
    m_tls = false;
    if (view.table) {
        for (const edge::Listener &listener : view.table->config().listeners)
            for (const edge::FilterChain &chain : listener.chains)
                m_tls = m_tls || chain.tls;
    }
    if (!view.problem.isEmpty())
        banner().show(Severity::Error, tr("The edge's configuration cannot be built: %1").arg(view.problem));
    else if (!view.unsure.isEmpty())
        banner().show(Severity::Warning, view.unsure);
    else
        banner().clear();
}

QString RoutingPage::currentKey() const { return m_pane->table().currentKey(); }

void RoutingPage::setNamespace(const QString &nameSpace)
{
    m_pane->setScope(nameSpace.isEmpty() ? QString() : u"ns:"_s + nameSpace);
}

QList<QWidget *> RoutingPage::panes() const { return {&m_pane->table(), m_detail}; }

void RoutingPage::focusFilter() { m_pane->focusFilter(); }

void RoutingPage::goTo(const QString &target)
{
    if (m_mappings && m_mappings->find(target)) {
        m_pane->setFilter({});
        m_pane->table().selectKey(target);
    } else {
        m_pane->setFilter(target);
    }
}

QList<Command> RoutingPage::commands()
{
    constexpr int Most = 20000; // beyond that the filter is the better way
    QList<Command> commands;
    for (int i = 0; m_mappings && i < qMin(Most, m_mappings->rowCount()); ++i) {
        const MappingRow &row = m_mappings->row(i);
        commands.append({row.prefix + u"   "_s + row.key, tr("Mapping"),
                         [this, key = row.key] { Q_EMIT pageRequested(id(), key); }});
    }
    return commands;
}

void RoutingPage::setCompact(bool compact) { m_pane->table().setCompact(compact); }

bool RoutingPage::hasContent() const
{
    return m_mappings && (m_mappings->isComplete() || m_mappings->rowCount() > 0);
}

void RoutingPage::countsChanged()
{
    if (!m_mappings)
        return;
    const QString sorted = m_pane->table().horizontalHeader()->sortIndicatorSection() <= 0
        ? tr("sorted by match order")
        : QString();
    setFacts(sorted.isEmpty() ? m_pane->countText() : tr("%1 · %2").arg(m_pane->countText(), sorted));
    Q_EMIT badgeChanged(m_pane->total() > 0 ? QLocale().toString(m_pane->total()) : QString(), std::nullopt);
    if (!currentKey().isEmpty() || m_pane->shown() == 0)
        showDetail();
    updateState();
}

void RoutingPage::showDetail()
{
    const MappingRow *row = m_mappings ? m_mappings->find(currentKey()) : nullptr;
    if (!row) {
        m_detail->setNothing(tr("Choose a Mapping to see why it serves what it serves."));
        return;
    }
    const MappingVerdict *verdict = row->verdict.get();
    m_detail->setHeading(row->name, tr("Mapping in %1, %2").arg(row->nameSpace, row->apiVersion),
                         stateWord(verdict ? verdict->state : MappingVerdict::State::Unknown),
                         verdict ? models::severityOf(*verdict) : Severity::Unknown);
    m_detailFacts->setFacts(factsOf(*row));
    showFindings(*row);
    const QString why = verdict ? verdict->why.join(u'\n') : QString();
    showHops(verdict ? verdict->hops : QList<models::Hop>());
    if (m_why->toPlainText() != why)
        m_why->setPlainText(why);
    m_why->setVisible(!why.isEmpty());
    m_whyHead->setVisible(!why.isEmpty());
    const QString uses = verdict ? verdict->uses.join(u" · "_s) : QString();
    m_uses->setText(uses);
    m_usesHead->setVisible(!uses.isEmpty());
    m_yaml->setVisible(isSignalConnected(QMetaMethod::fromSignal(&RoutingPage::yamlRequested)));
}

void RoutingPage::showFindings(const MappingRow &row)
{
    QStringList lines;
    for (const models::Finding &finding : row.verdict ? row.verdict->findings : QList<models::Finding>())
        lines.append(QStringList({severitySign(finding.severity) + u' ' + finding.code, finding.message,
                                  finding.remedy})
                         .join(u"  "_s)
                         .trimmed());
    m_findings->setText(lines.join(u'\n'));
    m_findings->setVisible(!lines.isEmpty());
    m_findingsHead->setVisible(!lines.isEmpty());
}

// What secures each part of the way, and which object says so.
void RoutingPage::showHops(const QList<models::Hop> &hops)
{
    QList<models::PredictionStep> steps;
    QList<QStringList> notes;
    for (const models::Hop &hop : hops) {
        steps.append({hopName(hop.security), u"%1 → %2"_s.arg(hop.from, hop.to), {}, hop.severity});
        notes.append(hop.because.isEmpty() ? QStringList() : QStringList{hop.because});
    }
    m_hops->setSteps(steps, notes);
    m_hops->setVisible(!hops.isEmpty());
    m_hopsHead->setVisible(!hops.isEmpty());
}

// A request that this Mapping's host and prefix would match; other conditions are the user's to add.
QUrl RoutingPage::sampleUrl(const MappingRow &row) const
{
    QUrl url;
    url.setScheme(m_tls ? u"https"_s : u"http"_s);
    QString host = row.host;
    if (host.startsWith(u"*."_s))
        host.replace(0, 1, u"www"_s);
    url.setHost(host.isEmpty() || host.contains(u'*') ? u"localhost"_s : host);
    url.setPath(row.prefix.startsWith(u'/') ? row.prefix : u"/"_s);
    return url;
}

void RoutingPage::showYaml(const QString &key, const QString &yaml)
{
    auto *dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(u"yamlDialog"_s);
    dialog->setWindowTitle(tr("Mapping %1").arg(key));
    auto *view = new TextView(tr("YAML of Mapping %1").arg(key), dialog);
    view->setPlainText(yaml);
    auto *close = makeButton(tr("Close"), u"yamlClose"_s, dialog);
    connect(close, &QPushButton::clicked, dialog, &QDialog::accept);
    auto *column = new QVBoxLayout(dialog);
    const int margin = scaled(Measure::PageMargin);
    column->setContentsMargins(margin, margin, margin, scaled(Measure::CardPadding));
    column->addWidget(view, 1);
    column->addWidget(close, 0, Qt::AlignRight);
    dialog->resize(scaled(640), scaled(560));
    dialog->open();
}

} // namespace ui
