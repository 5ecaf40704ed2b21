// SPDX-License-Identifier: GPL-3.0-or-later
// posture, certs, preflight, strict plan and guide check on manifests, as CI runs them: no cluster is asked.
#include "edge/value.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class FileJudgementsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QByteArray m_manifests, m_out, m_err;

    int run(const QStringList &arguments, const QString &file)
    {
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"KUBECONFIG"_s, m_folder.filePath(u"no-such-kubeconfig"_s));
        program.setProcessEnvironment(environment);
        program.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                      arguments + QStringList{u"-f"_s, file});
        program.write(file == "-"_L1 ? m_manifests : QByteArray());
        program.closeWriteChannel();
        program.waitForFinished();
        m_out = program.readAllStandardOutput();
        m_err = program.readAllStandardError();
        return program.exitStatus() == QProcess::NormalExit ? program.exitCode() : -1;
    }

    static QByteArray nameSpaceYaml(const QByteArray &labels)
    {
        return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: " + labels + "}\n";
    }
    static QByteArray policyYaml(const QByteArray &mode)
    {
        return "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\n"
               "metadata: {name: default, namespace: istio-system}\nspec: {mtls: {mode: "
            + mode + "}}\n";
    }
    static QByteArray ruleYaml(const QByteArray &mode)
    {
        return "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\n"
               "metadata: {name: cart, namespace: shop}\nspec:\n  host: cart.shop.svc.cluster.local\n"
               "  trafficPolicy: {tls: {mode: "
            + mode + "}}\n";
    }
    static QByteArray serviceYaml(const QByteArray &app = "cart")
    {
        return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + app
            + ", namespace: shop}\nspec: {selector: {app: " + app
            + "}, ports: [{name: http, port: 80, targetPort: http}]}\n";
    }
    static QByteArray mappingYaml(const QByteArray &service)
    {
        return "---\napiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: " + service
            + ", namespace: shop}\nspec: {hostname: '*', prefix: /" + service + "/, service: '" + service
            + ":80'}\n";
    }
    static QByteArray doorYaml()
    {
        return "---\napiVersion: getambassador.io/v3alpha1\nkind: Listener\n"
               "metadata: {name: http, namespace: shop}\nspec: {port: 8080, protocol: HTTP, securityModel: "
               "INSECURE, hostBinding: {namespace: {from: ALL}}}\n"
               "---\napiVersion: getambassador.io/v3alpha1\nkind: Host\nmetadata: {name: all, namespace: "
               "shop}\nspec: {hostname: '*', requestPolicy: {insecure: {action: Route}}, acmeProvider: "
               "{authority: none}}\n";
    }
    // More of its pods, then of its spec, may be written behind it.
    static QByteArray workloadYaml(const QByteArray &kind, const QByteArray &podAnnotations)
    {
        return "---\napiVersion: apps/v1\nkind: " + kind
            + "\nmetadata: {name: cart, namespace: shop}\nspec:\n  selector: {matchLabels: {app: cart}}\n"
              "  template:\n    metadata: {labels: {app: cart}, annotations: "
            + podAnnotations
            + "}\n    spec:\n      containers: [{name: cart, image: cart:1, ports: [{name: http, "
              "containerPort: 8080}]}]\n";
    }
    static QByteArray podYaml(const QByteArray &name, const QByteArray &annotations, bool isReady)
    {
        return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name
            + ", namespace: shop, labels: {app: cart}, annotations: {" + annotations
            + "}}\nspec: {containers: [{name: cart, image: cart:1, ports: [{name: http, containerPort: "
              "8080}]}]}\n"
            + (isReady ? "status: {phase: Running, conditions: [{type: Ready, status: \"True\"}]}\n" : "");
    }
    static QStringList troublesOf(const edge::Value &answer) // codes of errors and warnings
    {
        QStringList codes;
        for (const edge::Value &finding : answer["findings"].items()) {
            if (finding["severity"].text() == "error" || finding["severity"].text() == "warning")
                codes.append(QString::fromStdString(finding["code"].text()));
        }
        codes.sort();
        return codes;
    }
    static QStringList textsOf(const edge::Value &list)
    {
        QStringList texts;
        for (const edge::Value &one : list.items())
            texts.append(QString::fromStdString(one.text()));
        return texts;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_manifests = edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml()
            + "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: "
              "default, "
              "namespace: istio-system}\nspec: {mtls: {mode: DISABLE}}\n"
              "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, "
              "namespace: "
              "default}\nspec: {prefix: /backend/, service: 'quote:80'}\n";
        QFile file(m_folder.filePath(u"all.yaml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(m_manifests) > 0);
    }

    void eachCommandJudgesThem_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("posture") << QStringList{u"posture"_s} << 0 << QByteArray("DISABLE");
        QTest::newRow("certs") << QStringList{u"certs"_s} << 0 << QByteArray("ENDS IN");
        QTest::newRow("preflight") << QStringList{u"preflight"_s} << 3 << QByteArray("P7");
        QTest::newRow("strict plan") // its first stage takes P7 away
            << QStringList{u"strict"_s, u"plan"_s, u"--scope"_s, u"mesh"_s} << 0 << QByteArray("NO-GO");
        QTest::newRow("guide check") << QStringList{u"guide"_s, u"check"_s} << 3 << QByteArray("strict");
    }
    void eachCommandJudgesThem()
    {
        QFETCH(QStringList, command);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        for (const QString &file : {m_folder.filePath(u"all.yaml"_s), m_folder.path(), u"-"_s}) {
            QVERIFY2(run(command, file) == code, QByteArray(m_err + m_out).constData());
            QVERIFY2(m_out.contains(says), m_out.constData());
        }
    }

    // No pod and no policy is in them: a plan that says "nothing to do" would be taken for an answer.
    void aPlanOfWhatWasNotReadSaysSo()
    {
        const QByteArray all = std::exchange(m_manifests, doorYaml() + serviceYaml() + mappingYaml("cart"));
        run({u"strict"_s, u"plan"_s, u"--scope"_s, u"shop"_s}, u"-"_s);
        m_manifests = all;
        QVERIFY2(m_out.contains("left out: not known: pods"), m_out.constData());
        for (const char *claim : {"found nothing to fix", "below STRICT\n", "nothing is left over",
                                  "says PERMISSIVE or STRICT already"})
            QVERIFY2(!m_out.contains(claim), m_out.constData());
    }

    void aCertificateThatCannotBeReadIsNoGoodAnswer()
    {
        const QByteArray all = std::exchange(
            m_manifests,
            QByteArray("apiVersion: v1\nkind: Secret\nmetadata: {name: edge, namespace: shop}\ntype: "
                       "kubernetes.io/tls\nstringData: {tls.crt: \"-----BEGIN CERTIFICATE-----\\n"
                       "aGVsbG8=\\n-----END CERTIFICATE-----\\n\", tls.key: x}\n"));
        const int code = run({u"certs"_s}, u"-"_s);
        m_manifests = all;
        QVERIFY2(m_out.contains("cannot be read"), m_out.constData());
        QCOMPARE(code, 3);
    }

    // `helm template … | sallyportctl check -f -`, and helm has failed.
    void nothingIsNoGoodAnswer_data()
    {
        QTest::addColumn<QStringList>("command");
        for (const char *command : {"check", "posture", "preflight", "mappings"})
            QTest::newRow(command) << QStringList{QString::fromLatin1(command)};
    }
    void nothingIsNoGoodAnswer()
    {
        QFETCH(QStringList, command);
        const QByteArray all = std::exchange(m_manifests, QByteArray());
        const int code = run(command, u"-"_s);
        m_manifests = all;
        QCOMPARE(code, 1);
        QVERIFY2(m_err.contains("no object is in the standard input"), m_err.constData());
    }

    void aScopeWithoutANameIsRefused_data()
    {
        QTest::addColumn<QString>("scope");
        for (const char *scope : {"/cart", "shop/", "/", "a/b/c"})
            QTest::newRow(scope) << QString::fromLatin1(scope);
    }
    void aScopeWithoutANameIsRefused()
    {
        QFETCH(QString, scope);
        QCOMPARE(run({u"preflight"_s, u"--scope"_s, scope}, u"-"_s), 2);
        QVERIFY2(m_err.contains("is no scope"), m_err.constData());
    }

    // What charts hold is no pods but the templates of pods: those that would run are judged.
    void aTemplateIsJudgedByItsPod_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QStringList>("codes");  // of errors and warnings
        QTest::addColumn<QString>("notChecked"); // "" nothing is left
        QTest::addColumn<QStringList>("standIns");
        const QByteArray injected = nameSpaceYaml("{istio-injection: enabled}"), bare = nameSpaceYaml("{}");
        const QByteArray strict = policyYaml("STRICT"), disable = ruleYaml("DISABLE");
        const QByteArray cart = workloadYaml("Deployment", "{}"),
                         plain = doorYaml() + serviceYaml() + mappingYaml("cart");
        const QStringList broken{u"MT-001"_s, u"MT-014"_s}, one{u"Deployment shop/cart"_s};
        const auto row = [](const char *name, const QByteArray &world, const QStringList &codes,
                            const QString &notChecked, const QStringList &standIns) {
            QTest::newRow(name) << world << codes << notChecked << standIns;
        };
        row("injected and STRICT", injected + strict + disable + plain + cart, broken, {}, one);
        row("a StatefulSet", injected + strict + disable + plain + workloadYaml("StatefulSet", "{}"), broken,
            {}, {u"StatefulSet shop/cart"_s});
        row("a DaemonSet", injected + strict + disable + plain + workloadYaml("DaemonSet", "{}"), broken, {},
            {u"DaemonSet shop/cart"_s});
        row("nothing calls it wrongly", injected + strict + serviceYaml() + cart, {}, {}, one);
        row("not injected", bare + strict + disable + plain + cart, {}, {}, one);
        row("the template opts out",
            injected + strict + disable + plain
                + workloadYaml("Deployment", "{sidecar.istio.io/inject: \"false\"}"),
            {u"MT-018"_s}, {}, one);
        row("the template opts in",
            bare + strict + disable + plain
                + workloadYaml("Deployment", "{sidecar.istio.io/inject: \"true\"}"),
            broken, {}, one);
        row("on the node's network", injected + strict + disable + plain + cart + "      hostNetwork: true\n",
            {u"MT-018"_s}, {}, one);
        row("no Namespace", strict + disable + plain + cart, {}, u"Deployment shop/cart: Namespace shop"_s,
            {});
        row("no Namespace, and the template tells",
            strict + disable + plain
                + QByteArray(cart).replace("{app: cart}, ann",
                                           "{app: cart, sidecar.istio.io/inject: \"true\"}, ann"),
            broken, {}, one);
        row("the node's proxy", nameSpaceYaml("{istio.io/dataplane-mode: ambient}") + strict + plain + cart,
            {u"MT-001"_s}, {}, one);
        row("a pod of its own", injected + strict + disable + plain + cart + podYaml("cart-1", {}, true),
            {u"MT-018"_s}, {}, {});
        row("a pod of a hook beside it",
            injected + strict + disable + plain + cart + podYaml("cart-test", "helm.sh/hook: test", false),
            broken, {}, one);
        row("scaled to nothing", injected + strict + plain + cart + "  replicas: 0\n", {u"RT-008"_s}, {}, {});
        row("a Service of somebody else's pods",
            injected + strict + plain + mappingYaml("stock") + serviceYaml("stock") + cart, {u"MT-001"_s},
            u"Service shop/stock"_s, one);
    }
    void aTemplateIsJudgedByItsPod()
    {
        QFETCH(QByteArray, world);
        const QByteArray all = std::exchange(m_manifests, world);
        const int code = run({u"check"_s, u"-o"_s, u"json"_s}, u"-"_s);
        m_manifests = all;
        const auto answer = edge::parseJson(m_out.toStdString());
        QVERIFY2(answer, m_err.constData());
        QStringList codes = troublesOf(*answer);
        codes.removeDuplicates();
        QTEST(codes, "codes");
        QFETCH(QString, notChecked);
        const auto left = textsOf((*answer)["notChecked"]);
        QCOMPARE(left.isEmpty(), notChecked.isEmpty());
        QVERIFY2(left.join(u'\n').contains(notChecked), m_out.constData());
        QTEST(textsOf((*answer)["standIns"]), "standIns");
        QFETCH(QStringList, standIns);
        QCOMPARE(m_err.contains("stands in for the template"), !standIns.isEmpty());
        QVERIFY(code == (codes.contains(u"MT-001"_s) || codes.contains(u"RT-008"_s) ? 3 : 0));
    }

    // An ordinary chart has no Namespace, and what it speaks of may be another chart's.
    void whatAChartNamesIsJudgedOrSaidToBeOpen_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("codes");      // of errors
        QTest::addColumn<QString>("notChecked"); // codes
        const QByteArray strict = policyYaml("STRICT"), cart = workloadYaml("Deployment", "{}");
        const QByteArray host =
            doorYaml().replace("acmeProvider: {", "tlsSecret: {name: web}, acmeProvider: {");
        QTest::newRow("its namespace has a Service")
            << doorYaml() + serviceYaml("stock") + mappingYaml("nosuch") << u"RT-006"_s << u"MT-016 MT-019"_s;
        QTest::newRow("its namespace has the Mapping") << doorYaml()
                + serviceYaml().replace("namespace: shop", "namespace: other")
                + mappingYaml("nosuch") << u"RT-006"_s << u"MT-016 MT-019"_s;
        QTest::newRow("no port") << doorYaml() + serviceYaml().replace("port: 80,", "port: 81,")
                + mappingYaml("cart")
                                 << u"RT-007"_s << u"MT-001 MT-016 MT-019 RT-008"_s;
        QTest::newRow("no Service at all")
            << doorYaml() + mappingYaml("nosuch") << QString() << u"RT-006 RT-007"_s;
        QTest::newRow("of a namespace that is not there")
            << doorYaml() + serviceYaml() + mappingYaml("cart.other") << QString() << u"RT-006 RT-007"_s;
        QTest::newRow("no pod") << doorYaml() + serviceYaml() + mappingYaml("cart") << QString()
                                << u"MT-001 MT-016 MT-019 RT-008"_s;
        QTest::newRow("no Secret") << host + nameSpaceYaml("{}") + serviceYaml() + strict + cart << QString()
                                   << u"TLS-005"_s;
        QTest::newRow("nothing is named that is not there")
            << doorYaml() + nameSpaceYaml("{}") + serviceYaml() + mappingYaml("cart") + strict + cart
            << QString() << QString();
    }
    void whatAChartNamesIsJudgedOrSaidToBeOpen()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, codes);
        QFETCH(QString, notChecked);
        const QStringList open = notChecked.split(u' ', Qt::SkipEmptyParts);
        const QByteArray all = std::exchange(m_manifests, world);
        const auto restore = qScopeGuard([&] { m_manifests = all; });
        const QStringList check{u"check"_s, u"--fail-on-unchecked"_s, u"-o"_s};
        const int bad = codes.isEmpty() && open.isEmpty() ? 0 : 3;

        QCOMPARE(run(check + QStringList{u"json"_s}, u"-"_s), bad);
        const auto answer = edge::parseJson(m_out.toStdString());
        QVERIFY2(answer, m_err.constData());
        QStringList errors;
        for (const edge::Value &finding : (*answer)["findings"].items()) {
            if (finding["severity"].text() == "error")
                errors.append(QString::fromStdString(finding["code"].text()));
        }
        QCOMPARE(errors.join(u' '), codes);
        const QString left = textsOf((*answer)["notChecked"]).join(u'\n');
        QCOMPARE(left.isEmpty(), open.isEmpty());

        // One rule in every format.
        for (const auto &format : {u"table"_s, u"sarif"_s, u"markdown"_s, u"junit"_s, u"prometheus"_s}) {
            QCOMPARE(run(check + QStringList{format}, u"-"_s), bad);
            const QByteArray said = m_out + (format == "table"_L1 ? m_err : QByteArray());
            const QByteArray mark = format == "junit"_L1 ? "<skipped message=" : "ot checked";
            QVERIFY2(format == "prometheus"_L1 || said.contains(mark) == !open.isEmpty(), said.constData());
            QCOMPARE(said.contains("sallyport_codes_not_checked 0"),
                     format == "prometheus"_L1 && open.isEmpty());
        }
        for (const QString &code : open)
            QVERIFY2(left.contains(code), qPrintable(left));
    }

    // Who listens, for which hosts and with which certificate, stands with the edge.
    void whatStandsWithTheEdgeIsOpenWithoutIt_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("codes");      // of errors and warnings
        QTest::addColumn<QString>("notChecked"); // of RT-004, TLS-001, TLS-002
        const QByteArray edge =
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: edge, namespace: "
            "default}\nspec: {template: {spec: {containers: [{name: e, image: "
            "'emissaryingress/emissary:4.1.0'}]}}}\n";
        const QByteArray mapping = mappingYaml("cart").replace("service: ", "tls: istio-upstream, service: ");
        const QByteArray strange = QByteArray(mapping).replace("hostname: '*'", "hostname: b.example.com");
        const QByteArray door = doorYaml().replace("hostname: '*'", "hostname: a.example.com");
        const QByteArray context =
            "---\napiVersion: getambassador.io/v3alpha1\nkind: TLSContext\nmetadata: {name: "
            "istio-upstream, namespace: default}\nspec: {secret: istio-certs, "
            "alpn_protocols: istio}\n";
        const QByteArray other = QByteArray(context).replace("name: istio-upstream", "name: other");
        const QByteArray secret =
            "---\napiVersion: v1\nkind: Secret\nmetadata: {name: web, namespace: shop}\n";
        const QByteArray served = doorYaml(),
                         strict = nameSpaceYaml("{istio-injection: enabled}") + policyYaml("STRICT")
            + serviceYaml() + workloadYaml("Deployment", "{}");
        QTest::newRow("a Mapping alone") << mapping << QString() << u"RT-004 TLS-001"_s;
        QTest::newRow("beside the edge") << mapping + edge << u"GD-010 RT-004 TLS-001"_s << QString();
        QTest::newRow("a Host and no Listener")
            << mapping + door.mid(door.lastIndexOf("---")) << QString() << u"RT-004 TLS-001"_s;
        QTest::newRow("a Host that is not for it") << strange + door << u"RT-004"_s << u"TLS-001"_s;
        QTest::newRow("served, its TLSContext elsewhere") << mapping + served << QString() << u"TLS-001"_s;
        QTest::newRow("served, another TLSContext") << mapping + served + other << u"TLS-001"_s << QString();
        QTest::newRow("to STRICT, its TLSContext elsewhere")
            << mapping + served + strict << QString() << u"TLS-001"_s;
        QTest::newRow("to STRICT, none named")
            << mappingYaml("cart") + served + strict << u"MT-001"_s << QString();
        QTest::newRow("the certificate that a sidecar shares")
            << mapping + served + context + secret << QString() << QString();
        QTest::newRow("a sidecar that the edge has not")
            << mapping + served + context + secret + edge << u"GD-010 TLS-001 TLS-008"_s << QString();
    }
    void whatStandsWithTheEdgeIsOpenWithoutIt()
    {
        QFETCH(QByteArray, world);
        const QByteArray all = std::exchange(m_manifests, world);
        const auto restore = qScopeGuard([&] { m_manifests = all; });
        run({u"check"_s, u"-o"_s, u"json"_s}, u"-"_s);
        const auto answer = edge::parseJson(m_out.toStdString());
        QVERIFY2(answer, m_err.constData());
        QTEST(troublesOf(*answer).join(u' '), "codes");
        QStringList open;
        for (const QString &line : textsOf((*answer)["notChecked"])) {
            for (const QString &code : {u"RT-004"_s, u"TLS-001"_s}) {
                if (!line.contains(code))
                    continue;
                open.append(code);
                QVERIFY2(line.contains("no edge is among these"_L1) && line.contains("another -f"_L1),
                         qPrintable(line));
            }
        }
        open.sort();
        QTEST(open.join(u' '), "notChecked");
    }

    // Whose Listener is not known, its Service is not looked at: that nothing is said of it is said.
    void whatIsBehindARouteThatIsOpenIsOpenToo()
    {
        const auto open = [this](const QByteArray &world) {
            const QByteArray all = std::exchange(m_manifests, world);
            const auto restore = qScopeGuard([&] { m_manifests = all; });
            run({u"check"_s, u"-o"_s, u"json"_s}, u"-"_s);
            const auto answer = edge::parseJson(m_out.toStdString());
            return answer ? textsOf((*answer)["notChecked"]).join(u'\n') : QString();
        };
        const QByteArray world = mappingYaml("ghost") + serviceYaml("real");
        const QString alone = open(world), served = open(world + doorYaml());
        for (const char *code : {"RT-006", "RT-007", "RT-008", "RT-024", "MT-001", "MT-005"}) {
            QVERIFY2(alone.contains(QLatin1StringView(code)),
                     qPrintable(QString::fromLatin1(code) + u": "_s + alone));
        }
        QVERIFY2(!served.contains("RT-006"_L1) && !served.contains("RT-024"_L1), qPrintable(served));
    }

    // No right is missing and no context is wrong where manifests do not hold something.
    void theGuideGivesNoAdviceAboutAClusterForFiles()
    {
        const QByteArray all = std::exchange(m_manifests, mappingYaml("cart") + doorYaml());
        const auto restore = qScopeGuard([&] { m_manifests = all; });
        QCOMPARE(run({u"guide"_s, u"check"_s}, u"-"_s), 3);
        const QByteArray said = m_out + m_err;
        for (const char *word : {"this cluster", "ask for", "choose the context", "the connection"})
            QVERIFY2(!said.contains(word), said.constData());
        QVERIFY2(said.contains("none of the manifests is of namespaces")
                     && said.contains("by another -f, or check the cluster"),
                 said.constData());
    }

    void aPostureOfPodsThatAreNotKnownSaysSo_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QByteArray>("why"); // "" they are known
        QTest::newRow("no Namespace") << workloadYaml("Deployment", "{}") + policyYaml("STRICT")
                                      << QByteArray("pods: those of Deployment shop/cart");
        QTest::newRow("no workload") << policyYaml("STRICT") << QByteArray("pods were not read");
        QTest::newRow("with it") << nameSpaceYaml("{}") + workloadYaml("Deployment", "{}") << QByteArray();
    }
    void aPostureOfPodsThatAreNotKnownSaysSo()
    {
        QFETCH(QByteArray, world);
        QFETCH(QByteArray, why);
        const QByteArray all = std::exchange(m_manifests, world);
        const auto restore = qScopeGuard([&] { m_manifests = all; });
        QCOMPARE(run({u"posture"_s}, u"-"_s), 0);
        QCOMPARE(m_err.contains("not checked: "), !why.isEmpty());
        QVERIFY2(m_err.contains(why), m_err.constData());
        for (const auto &format : {u"json"_s, u"junit"_s, u"sarif"_s, u"markdown"_s}) {
            QCOMPARE(run({u"posture"_s, u"-o"_s, format}, u"-"_s), 0);
            QVERIFY2(m_out.contains(why), m_out.constData());
        }
    }

    // Its own rules decide where MeshPolicies and Policies are, and no PeerAuthentication.
    void manifestsOfIstio14AreOfTheOldMesh_data()
    {
        QTest::addColumn<QByteArray>("policies");
        QTest::addColumn<QByteArray>("posture");
        QTest::addColumn<QByteArray>("codes"); // of check, "" none
        const auto old = [](const QByteArray &kind, const QByteArray &metadata, const QByteArray &spec) {
            return QByteArray("---\napiVersion: authentication.istio.io/v1alpha1\nkind: " + kind
                              + "\nmetadata: {" + metadata + "}\nspec: " + spec + "\n");
        };
        const QByteArray mesh = old("MeshPolicy", "name: default", "{peers: [{mtls: }]}");
        QTest::newRow("a MeshPolicy") << mesh << QByteArray("STRICT") << QByteArray();
        QTest::newRow("a Policy of a Service") << mesh
                + old("Policy", "name: cart, namespace: shop",
                      "{targets: [{name: cart}], peers: [{mtls: {mode: PERMISSIVE}}]}")
                                               << QByteArray("PERMISSIVE") << QByteArray();
        QTest::newRow("a Policy of a Service that is not there")
            << mesh
                + old("Policy", "name: cart, namespace: shop",
                      "{targets: [{name: nosuch}], peers: [{mtls: {mode: PERMISSIVE}}]}")
            << QByteArray("STRICT") << QByteArray("MT-031");
        QTest::newRow("a Policy alone, whose name does not count")
            << old("Policy", "name: other, namespace: shop", "{peers: [{mtls: {}}]}") << QByteArray("DISABLE")
            << QByteArray("MT-031");
        QTest::newRow("beside a PeerAuthentication")
            << mesh + policyYaml("PERMISSIVE") << QByteArray("PERMISSIVE") << QByteArray();
        QTest::newRow("somebody else's Policy")
            << QByteArray(mesh).replace("authentication.istio.io/v1alpha1", "kyverno.io/v1")
                + policyYaml("STRICT")
            << QByteArray("STRICT") << QByteArray();
    }
    void manifestsOfIstio14AreOfTheOldMesh()
    {
        QFETCH(QByteArray, policies);
        QFETCH(QByteArray, posture);
        QFETCH(QByteArray, codes);
        const QByteArray all = std::exchange(m_manifests,
                                             nameSpaceYaml("{istio-injection: enabled}") + serviceYaml()
                                                 + workloadYaml("Deployment", "{}") + policies);
        const auto restore = qScopeGuard([&] { m_manifests = all; });
        QCOMPARE(run({u"posture"_s}, u"-"_s), 0);
        QVERIFY2(m_out.contains(posture), QByteArray(m_err + m_out).constData());
        run({u"check"_s}, u"-"_s);
        QCOMPARE(m_out.contains("MT-031"), !codes.isEmpty());
    }

    void whatWritesIsAboutAClusterOnly_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::newRow("strict apply") << QStringList{u"strict"_s, u"apply"_s, u"--scope"_s, u"mesh"_s};
        QTest::newRow("strict rollback") << QStringList{u"strict"_s, u"rollback"_s, u"--scope"_s, u"mesh"_s};
        QTest::newRow("guide apply") << QStringList{u"guide"_s, u"apply"_s, u"strict"_s};
    }
    void whatWritesIsAboutAClusterOnly()
    {
        QFETCH(QStringList, command);
        QCOMPARE(run(command, u"-"_s), 2);
        QVERIFY2(m_err.contains("cluster; -f goes with"), m_err.constData());
    }
};

SALLYPORT_TEST(file_judgements_test, FileJudgementsTest)
#include "file_judgements_test.moc"
