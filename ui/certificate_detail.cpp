// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/certificate_detail.h"

#include "ui/ask_dialog.h"
#include "ui/certificate_text.h"
#include "ui/chip.h"
#include "ui/finding_place.h"
#include "ui/line_delegate.h"
#include "ui/rights_dialog.h"
#include "ui/text_label.h"
#include "ui/text_view.h"
#include "ui/time_text.h"
#include "ui/write_words.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTabBar>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

using models::CertificateRow;
using models::Severity;

namespace {

QString endsText(const CertificateRow &row, const QDateTime &now)
{
    const QString text = models::countdownText(row.notAfter, now);
    return row.notAfter < now ? text : CertificateDetail::tr("ends in %1").arg(text);
}

QString keyOf(const models::ObjectRef &object) { return object.nameSpace + u'/' + object.name; }

} // namespace

CertificateDetail::CertificateDetail(QWidget *parent)
    : Card(parent)
{
    setObjectName(u"certificateDetail"_s);
    body()->addWidget(buildHead());
    body()->addLayout(buildFacts());
    buildParts();
    m_impact = new TextLabel(Type::Dim, {}, this);
    m_impact->setObjectName(u"certificateImpact"_s);
    m_impact->setWordWrap(true);
    body()->addWidget(m_impact);
    hide();
}

QWidget *CertificateDetail::buildHead()
{
    auto *head = new QWidget(this);
    m_title = new TextLabel(Type::Section, {}, head);
    m_title->setElided();
    m_chip = new Chip(head);
    m_check = makeButton(tr("Check now"), u"certificateCheck"_s, head);
    m_reveal = makeButton(tr("Reveal…"), u"certificateReveal"_s, head);
    m_role = makeButton(tr("ClusterRole…"), u"certificateRole"_s, head);
    m_role->setToolTip(tr("The right that Reveal needs, to copy"));
    m_role->hide();
    m_copy = makeButton(tr("Copy for a ticket"), u"certificateCopy"_s, head);
    m_fix = makePrimaryButton(tr("Fix…"), u"certificateFix"_s, head);
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_title);
    row->addWidget(m_chip);
    row->addStretch(1);
    for (QPushButton *button : {m_check, m_reveal, m_role, m_copy, m_fix})
        row->addWidget(button);
    m_fix->hide();
    connect(m_check, &QPushButton::clicked, this, &CertificateDetail::check);
    connect(m_reveal, &QPushButton::clicked, this, &CertificateDetail::showRevealMenu);
    connect(m_role, &QPushButton::clicked, this,
            [this] { RightsDialog::forActions({m_whyNoReveal}, window())->open(); });
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(ticket()); });
    connect(m_fix, &QPushButton::clicked, this, [this] { Q_EMIT fixRequested(m_fixes); });
    return head;
}

QLayout *CertificateDetail::buildFacts()
{
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(scaled(Measure::PageMargin));
    grid->setVerticalSpacing(scaled(3));
    const auto add = [&](int at, const QString &name) {
        auto *value = new TextLabel(Type::Body, {}, this);
        value->setElided();
        value->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        grid->addWidget(new TextLabel(Type::Dim, name, this), 0, at);
        grid->addWidget(value, 1, at);
        grid->setColumnStretch(at, at == 0 || at == 4 ? 3 : 2); // dates and TLS words are longer
        return value;
    };
    m_valid = add(0, tr("Valid"));
    m_usedBy = add(1, tr("Used by"));
    m_renewal = add(2, tr("Renewal"));
    m_ends = add(3, tr("Ends first"));
    m_live = add(4, tr("Live handshake"));
    m_live->setObjectName(u"certificateLive"_s);
    return grid;
}

// Stored chain, presented chain, and who is hit: one at a time, the table needs the place.
void CertificateDetail::buildParts()
{
    m_tabs = new QTabBar(this);
    m_tabs->setObjectName(u"certificateParts"_s);
    m_tabs->setAccessibleName(tr("Parts of the details"));
    m_tabs->setToolTip(tr("A press on the open one closes it (F9)"));
    m_tabs->setDrawBase(false);
    m_tabs->setProperty("narrow", true);
    m_tabs->setExpanding(false);
    m_stack = new QStackedWidget(this);
    m_chain = new TextView(tr("Certificate chain"), this);
    m_chain->setObjectName(u"certificateChain"_s);
    m_presented = new TextView(tr("Chain that the edge presents"), this);
    m_presented->setObjectName(u"certificatePresented"_s);
    m_affectedModel = new QStandardItemModel(this);
    m_affected =
        makeLineList(u"certificateAffected"_s, tr("What stops working if it ends"), m_affectedModel, this);
    for (QWidget *part : {static_cast<QWidget *>(m_chain), static_cast<QWidget *>(m_presented),
                          static_cast<QWidget *>(m_affected)}) {
        m_tabs->addTab({});
        m_stack->addWidget(part);
    }
    m_stack->setFixedHeight(scaled(118));
    body()->addWidget(m_tabs);
    body()->addWidget(m_stack);
    connect(m_tabs, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(m_tabs, &QTabBar::tabBarClicked, this, [this](int tab) {
        if (tab == m_tabs->currentIndex() || !isOpen())
            toggleParts();
    });
    connect(m_affected, &QListView::activated, this, [this](const QModelIndex &index) {
        if (const QString target = index.data(LineDelegate::TargetRole).toString(); !target.isEmpty())
            Q_EMIT followed(index.data(LineDelegate::PageRole).toString(), target);
    });
}

void CertificateDetail::setConnection(const models::ConnectionState &state)
{
    m_connection = state;
    showReveal();
}

void CertificateDetail::setRates(std::function<double(const QString &)> rateOf)
{
    m_rateOf = std::move(rateOf);
}

void CertificateDetail::setFixes(const QStringList &keys, const QString &whyNot)
{
    m_fixes = keys;
    m_fix->setVisible(!keys.isEmpty());
    m_fix->setEnabled(whyNot.isEmpty());
    m_fix->setToolTip(whyNot.isEmpty() ? tr("Shows the change that ends what is wrong here, and asks first.")
                                       : whyNot);
}

void CertificateDetail::setLow(bool isLow)
{
    m_isLow = isLow;
    showParts();
}

void CertificateDetail::toggleParts()
{
    m_wantsParts = !isOpen();
    showParts();
}

bool CertificateDetail::isOpen() const { return !m_stack->isHidden(); }

void CertificateDetail::setWantsParts(std::optional<bool> wanted)
{
    m_wantsParts = wanted;
    showParts();
}

// In a low window the table needs their place more.
void CertificateDetail::showParts()
{
    const bool isOpen = m_wantsParts.value_or(!m_isLow);
    m_stack->setVisible(isOpen);
    m_impact->setVisible(isOpen || !m_isLow);
}

QWidget *CertificateDetail::currentPart() const { return m_stack->currentWidget(); }

void CertificateDetail::focusChain()
{
    if (!isOpen())
        toggleParts();
    m_chain->setFocus(Qt::ShortcutFocusReason);
}

void CertificateDetail::show(const CertificateRow &row, const QDateTime &now)
{
    m_row = row;
    m_now = now;
    m_title->setText(row.subject);
    m_chip->set(endsText(row, now), models::countdownSeverity(row, now));
    const bool longLived = row.notBefore.daysTo(row.notAfter) > 7;
    m_valid->setText(
        longLived ? tr("%1 … %2").arg(dateText(row.notBefore).left(10), dateText(row.notAfter).left(10))
                  : tr("%1 … %2 UTC").arg(dateText(row.notBefore), dateText(row.notAfter)));
    m_valid->setToolTip(tr("%1 … %2").arg(exactText(row.notBefore), exactText(row.notAfter)));
    m_usedBy->setText(row.usedBy.isEmpty() ? tr("nothing that was found") : row.usedBy);
    m_renewal->setText(row.renewal.isEmpty() ? tr("not known") : row.renewal);
    m_ends->setText(row.endsFirst.isEmpty() ? tr("the leaf itself") : row.endsFirst);
    const QString chain = chainText(row.chain);
    if (m_chain->toPlainText() != chain)
        m_chain->setPlainText(chain);
    m_tabs->setTabText(Chain, row.chain.size() > 1 ? tr("Chain  %1").arg(row.chain.size()) : tr("Chain"));
    showImpact();
    showHandshake();
    showReveal();
    setVisible(true);
}

double CertificateDetail::hitRate() const
{
    double sum = -1;
    for (const models::ObjectRef &object : m_row.hit) {
        const double rate = m_rateOf && object.kind == "Mapping"_L1 ? m_rateOf(keyOf(object)) : -1;
        if (rate >= 0)
            sum = qMax(sum, 0.0) + rate;
    }
    return sum;
}

// One line: what breaks, and how much of it there is.
QString CertificateDetail::impactText() const
{
    constexpr qsizetype Most = 3;
    if (m_row.blastRadius.isEmpty())
        return tr("If it ends: nothing that was found uses it.");
    const qsizetype rest = m_row.blastRadius.size() - Most;
    QString text = tr("If it ends: %1").arg(m_row.blastRadius.mid(0, Most).join(u"; "_s));
    if (rest > 0)
        text += tr("; and %1 more").arg(rest);
    if (const double rate = hitRate(); rate >= 0)
        text += tr("; %1 requests a second").arg(rateText(rate));
    return text;
}

// Who it is, not once more what happens; each leads to its page.  The busiest first.
void CertificateDetail::showImpact()
{
    m_impact->setText(impactText());
    m_impact->setToolTip(m_row.blastRadius.size() > 3 ? m_row.blastRadius.join(u'\n') : QString());
    struct Hit
    {
        QString text, target, side;
        double rate;
    };
    QList<Hit> hits;
    for (const models::ObjectRef &object : m_row.hit) {
        const double rate = m_rateOf && object.kind == "Mapping"_L1 ? m_rateOf(keyOf(object)) : -1;
        hits.append({object.text(), keyOf(object),
                     rate >= 0 ? tr("%1 requests a second").arg(rateText(rate)) : QString(), rate});
    }
    std::stable_sort(hits.begin(), hits.end(), [](const Hit &a, const Hit &b) { return a.rate > b.rate; });
    if (hits.isEmpty()) {
        for (const QString &line : m_row.blastRadius)
            hits.append({line, placeOfObject(line.section(u':', 0, 0)).target, {}, -1});
    }
    m_tabs->setTabText(Impact, hits.isEmpty() ? tr("Impact") : tr("Impact  %1").arg(hits.size()));
    const int current = m_affected->currentIndex().row();
    m_affectedModel->clear();
    for (const Hit &hit : std::as_const(hits)) {
        auto *item = new QStandardItem(hit.text);
        item->setData(int(Severity::Warning), LineDelegate::SeverityRole);
        item->setData(hit.side, LineDelegate::SideRole);
        item->setData(hit.target.isEmpty() ? QString() : u"routing"_s, LineDelegate::PageRole);
        item->setData(hit.target, LineDelegate::TargetRole);
        m_affectedModel->appendRow(item);
    }
    m_affected->setCurrentIndex(m_affectedModel->index(current, 0));
}

void CertificateDetail::check()
{
    m_checking = m_row.key;
    showHandshake();
    Q_EMIT checkRequested(m_row.key, serverNameFor(m_row));
}

QString CertificateDetail::handshakeText() const
{
    const auto answer = m_handshakes.constFind(m_row.key);
    if (answer == m_handshakes.constEnd())
        return !m_row.presented.isEmpty()    ? m_row.presented
            : serverNameFor(m_row).isEmpty() ? tr("not presented to clients")
                                             : tr("not checked");
    const bool isSame = !answer->chain.isEmpty() && !m_row.chain.isEmpty()
        && answer->chain.first().fingerprint == m_row.chain.first().fingerprint;
    return !answer->error.isEmpty() ? answer->error
        : isSame                    ? tr("the stored one, %1").arg(answer->protocol)
        : answer->chain.isEmpty()   ? tr("none presented")
                                    : tr("another one: %1").arg(certificateName(answer->chain.first()));
}

void CertificateDetail::showHandshake()
{
    using Phase = models::ConnectionState::Phase;
    const bool canAsk = !serverNameFor(m_row).isEmpty();
    const bool isChecking = m_checking == m_row.key;
    m_check->setVisible(m_isAsked);
    m_check->setEnabled(canAsk && m_connection.phase == Phase::Live && !isChecking);
    m_check->setToolTip(canAsk ? tr("A TLS handshake with the edge for %1, now").arg(serverNameFor(m_row))
                               : tr("Only what the edge presents to clients can be asked for."));
    const auto answer = m_handshakes.constFind(m_row.key);
    const bool has = answer != m_handshakes.constEnd();
    m_tabs->setTabText(Presented, tr("Presented"));
    m_tabs->setTabEnabled(Presented, has && !answer->chain.isEmpty());
    m_presented->setPlainText(has ? chainText(answer->chain) : QString());
    if (isChecking || !has) {
        m_live->setMark({});
        m_live->setText(isChecking ? tr("shaking hands …") : handshakeText());
        m_live->setToolTip({});
        return;
    }
    const bool isSame = !answer->chain.isEmpty() && !m_row.chain.isEmpty()
        && answer->chain.first().fingerprint == m_row.chain.first().fingerprint;
    m_live->setMark(isSame ? Severity::Good : Severity::Error);
    m_live->setText(handshakeText());
    m_live->setAccessibleName(
        tr("Live handshake, %1: %2")
            .arg(severityName(isSame ? Severity::Good : Severity::Error), m_live->text()));
    m_live->setToolTip(tr("%1, server name %2, %3 %4, %5 ms, %6")
                           .arg(answer->address, answer->serverName, answer->protocol, answer->cipher,
                                QString::number(answer->elapsedMs), exactText(answer->at)));
}

void CertificateDetail::setHandshake(const HandshakeAnswer &answer)
{
    m_handshakes.insert(answer.key, answer);
    if (m_checking == answer.key)
        m_checking.clear();
    showHandshake();
}

// Where, when and what: whoever reads it has no console before him.
QString CertificateDetail::ticket() const
{
    QStringList lines{tr("%1 (%2), %3").arg(m_row.subject, m_row.storedIn, endsText(m_row, m_now)),
                      tr("Cluster: %1").arg(m_connection.context)};
    if (!m_connection.edge.isEmpty())
        lines.append(tr("Edge: %1").arg(m_connection.edge));
    lines.append(tr("As of: %1").arg(exactText(m_now)));
    lines.append(tr("Used by: %1").arg(m_usedBy->text()));
    lines.append(tr("Renewal: %1").arg(m_renewal->text()));
    if (!m_row.checks.isEmpty())
        lines.append(tr("Checks: %1").arg(m_row.checks));
    const auto answer = m_handshakes.constFind(m_row.key);
    lines.append(answer == m_handshakes.constEnd()
                     ? tr("Live handshake: %1").arg(handshakeText())
                     : tr("Live handshake: %1 (%2, server name %3, %4)")
                           .arg(handshakeText(), answer->address, answer->serverName, exactText(answer->at)));
    lines.append(impactText());
    for (int row = 0; row < m_affectedModel->rowCount() && !m_row.hit.isEmpty(); ++row) {
        const QModelIndex index = m_affectedModel->index(row, 0);
        const QString side = index.data(LineDelegate::SideRole).toString();
        lines.append(u"  "_s + index.data().toString() + (side.isEmpty() ? QString() : u", "_s + side));
    }
    lines.append(chainText(m_row.chain));
    return lines.join(u'\n');
}

void CertificateDetail::showReveal()
{
    using Phase = models::ConnectionState::Phase;
    const bool isSecret = m_row.storedAt.kind == u"Secret"_s;
    m_role->setVisible(isSecret && !m_whyNoReveal.isEmpty());
    m_reveal->setEnabled(isSecret && m_whyNoReveal.isEmpty() && m_connection.phase == Phase::Live);
    m_reveal->setToolTip(!isSecret ? tr("It is in no Secret of the cluster.")
                             : m_whyNoReveal.isEmpty()
                             ? tr("Shows one value of this Secret after a confirmation; the "
                                  "journal keeps that it was looked at.")
                             : whyMissing(m_whyNoReveal));
}

QString CertificateDetail::whyNoReveal() const
{
    if (m_row.storedAt.kind != u"Secret"_s)
        return tr("It is in no Secret of the cluster.");
    if (!m_whyNoReveal.isEmpty())
        return whyMissing(m_whyNoReveal);
    return m_connection.phase == models::ConnectionState::Phase::Live ? QString()
                                                                      : tr("There is no live connection.");
}

QStringList CertificateDetail::revealableKeys() const
{
    const QStringList keys{u"tls.crt"_s, u"tls.key"_s, u"ca.crt"_s};
    if (m_row.dataKey.isEmpty() || keys.contains(m_row.dataKey))
        return keys;
    return {m_row.dataKey, QString(m_row.dataKey).replace(u"cert"_s, u"key"_s)}; // of Istio's CA, say
}

QList<ObjectAction> CertificateDetail::actions()
{
    const QString subject = m_row.storedAt.kind.isEmpty() ? m_row.subject : m_row.storedAt.text();
    const QString whyNot = whyNoReveal();
    QList<ObjectAction> actions;
    for (const QString &key : revealableKeys())
        actions.append({u"reveal/"_s + key, tr("Reveal %1…").arg(key), subject,
                        [this, key] { askToReveal(key); }, whyNot,
                        m_row.storedAt.kind == u"Secret"_s ? m_whyNoReveal : QString()});
    actions.append({u"check"_s, tr("Check the live handshake now"), subject, [this] { check(); },
                    m_check->isEnabled() ? QString() : m_check->toolTip()});
    actions.append({u"ticket"_s, tr("Copy for a ticket"), subject,
                    [this] { QGuiApplication::clipboard()->setText(ticket()); }});
    return actions;
}

void CertificateDetail::showRevealMenu()
{
    if (m_row.storedAt.kind != u"Secret"_s)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"revealMenu"_s);
    for (const QString &key : revealableKeys())
        menu->addAction(key, this, [this, key] { askToReveal(key); });
    menu->popup(m_reveal->mapToGlobal(QPoint(0, m_reveal->height() + 2)));
}

void CertificateDetail::askToReveal(const QString &dataKey)
{
    const models::ObjectRef secret = m_row.storedAt;
    auto *ask = new AskDialog(
        {tr("Reveal %1 of %2").arg(dataKey, secret.text()),
         tr("The value is fetched from %1 and shown for a minute. The journal keeps that "
            "you looked at it, not the value.")
             .arg(m_connection.context),
         tr("Type the Secret's name, %1, to confirm").arg(secret.name), tr("Reveal"), secret.name},
        window());
    connect(ask, &AskDialog::answered, this,
            [this, secret, dataKey] { Q_EMIT revealRequested(secret, dataKey); });
    ask->open();
}

} // namespace ui
