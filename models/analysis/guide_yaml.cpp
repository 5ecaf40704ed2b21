// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/guide_yaml.h"

#include <QMap>

using namespace Qt::StringLiterals;

namespace models {

namespace {

const char namespaceLabel[] = R"(apiVersion: v1
kind: Namespace
metadata:
  name: default
  labels:
    istio-injection: enabled
)";

// From 2.0 on nothing is served on a port that no Listener names.
const char listeners[] = R"(---
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata:
  name: http
  namespace: {{ambassador-namespace}}
spec:
  port: 8080
  protocol: HTTPS
  securityModel: XFP
  hostBinding:
    namespace:
      from: ALL
---
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata:
  name: https
  namespace: {{ambassador-namespace}}
spec:
  port: 8443
  protocol: HTTPS
  securityModel: XFP
  hostBinding:
    namespace:
      from: ALL
)";

const char plainMapping[] = R"(apiVersion: getambassador.io/v2
kind: Mapping
metadata:
  name: quote-backend
spec:
  prefix: /backend/
  service: quote
)";

const char tlsMapping[] = R"(apiVersion: getambassador.io/v2
kind: Mapping
metadata:
  name: quote-backend
spec:
  prefix: /backend/
  service: quote
  tls: istio-upstream
)";

// From 2.0 on a Mapping has a hostname, and the port is written out: with tls and without a port, 443 would
// be dialled.
const char plainMappingV3[] = R"(apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata:
  name: quote-backend
spec:
  hostname: "*"
  prefix: /backend/
  service: quote:80
)";

const char tlsMappingV3[] = R"(apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata:
  name: quote-backend
spec:
  hostname: "*"
  prefix: /backend/
  service: quote:80       # Be explicit about port 80.
  tls: istio-upstream     # Originate TLS with the mTLS certificate
)";

const char quoteBackend[] = R"(---
apiVersion: v1
kind: Service
metadata:
  name: quote
spec:
  ports:
  - name: http
    port: 80
    targetPort: 8000
  - name: https
    port: 443
    targetPort: 8000
  selector:
    app: quote
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: quote
spec:
  replicas: 1
  selector:
    matchLabels:
      app: quote
  strategy:
    type: RollingUpdate
  template:
    metadata:
      labels:
        app: quote
    spec:
      containers:
      - name: backend
        image: docker.io/datawire/quote:0.5.0
        ports:
        - name: http
          containerPort: 8000
        env:
        - name: PORT
          value: "8000"
        resources:
          limits:
            cpu: "0.1"
            memory: 100Mi
)";

const char secretDir[] = R"(        - name: AMBASSADOR_ISTIO_SECRET_DIR
          value: "/etc/istio-certs"
)";

const char fullReconfigure[] =
    R"(        # Before 4.1 the edge does not see that only these files have changed
        - name: AMBASSADOR_FAST_RECONFIGURE
          value: "false"
)";

// What the guide's Deployment has and aes.yaml has not: laid over the Deployment that is there.
const char sidecar[] = R"(apiVersion: apps/v1
kind: {{edge-kind}}
metadata:
  name: {{edge-deployment}}
  namespace: {{edge-namespace}}
spec:
  template:
    metadata:
      annotations:
        consul.hashicorp.com/connect-inject: 'false'
        sidecar.istio.io/inject: 'false'
    spec:
      containers:
      - name: {{edge-container}}
        env:
{{secret-dir}}        # Necessary to run the istio-proxy sidecar
        - name: AMBASSADOR_ENVOY_BASE_ID
          value: "1"
        volumeMounts:
        - mountPath: /etc/istio-certs/
          name: istio-certs
      - name: istio-proxy
        # Use the same version as your Istio installation
        image: istio/proxyv2:{{istio-version}}
        args:
        - proxy
        - sidecar
        - --domain
        - $(POD_NAMESPACE).svc.cluster.local
        - --serviceCluster
        - istio-proxy-ambassador
        - --discoveryAddress
        - istio-pilot.istio-system.svc:15012
        - --connectTimeout
        - 10s
        - --statusPort
        - "15020"
        - --trust-domain=cluster.local
        - --controlPlaneBootstrap=false
        env:
        - name: OUTPUT_CERTS
          value: "/etc/istio-certs"
        - name: JWT_POLICY
          value: third-party-jwt
        - name: PILOT_CERT_PROVIDER
          value: istiod
        - name: CA_ADDR
          value: istiod.istio-system.svc:15012
        - name: ISTIO_META_MESH_ID
          value: cluster.local
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        - name: POD_NAMESPACE
          valueFrom:
            fieldRef:
              fieldPath: metadata.namespace
        - name: INSTANCE_IP
          valueFrom:
            fieldRef:
              fieldPath: status.podIP
        - name: SERVICE_ACCOUNT
          valueFrom:
            fieldRef:
              fieldPath: spec.serviceAccountName
        - name: HOST_IP
          valueFrom:
            fieldRef:
              fieldPath: status.hostIP
        - name: ISTIO_META_POD_NAME
          valueFrom:
            fieldRef:
              apiVersion: v1
              fieldPath: metadata.name
        - name: ISTIO_META_CONFIG_NAMESPACE
          valueFrom:
            fieldRef:
              apiVersion: v1
              fieldPath: metadata.namespace
        - name: ISTIO_META_CLUSTER_ID
          value: Kubernetes
        imagePullPolicy: IfNotPresent
        readinessProbe:
          failureThreshold: 30
          httpGet:
            path: /healthz/ready
            port: 15020
            scheme: HTTP
          initialDelaySeconds: 1
          periodSeconds: 2
          successThreshold: 1
          timeoutSeconds: 1
        volumeMounts:
        - mountPath: /var/run/secrets/istio
          name: istiod-ca-cert
        - mountPath: /etc/istio/proxy
          name: istio-envoy
        - mountPath: /etc/istio-certs/
          name: istio-certs
        - mountPath: /var/run/secrets/tokens
          name: istio-token
        securityContext:
          runAsUser: 0
      volumes:
      - name: istio-certs
        emptyDir:
          medium: Memory
      - name: istiod-ca-cert
        configMap:
          defaultMode: 420
          name: istio-ca-root-cert
      - emptyDir:
          medium: Memory
        name: istio-envoy
      - name: istio-token
        projected:
          defaultMode: 420
          sources:
          - serviceAccountToken:
              audience: istio-ca
              expirationSeconds: 43200
              path: istio-token
)";

// From 2.0 on the injector puts the sidecar in, and the pods' annotations tell it what to do.  The label asks for it
// without the namespace's, which would put one into Redis and all else there, too.
const char injectedSidecar[] =
    R"(# Needs Istio 1.10 or newer.  Where Helm owns the edge, write the same into its values
# (podAnnotations, volumes, volumeMounts, env): its next upgrade takes it back else.
apiVersion: apps/v1
kind: {{edge-kind}}
metadata:
  name: {{edge-deployment}}
  namespace: {{edge-namespace}}
spec:
  template:
    metadata:
      labels:
        sidecar.istio.io/inject: "true"
      annotations:
        sidecar.istio.io/inject: "true"                       # the manifests say 'false'
        traffic.sidecar.istio.io/includeInboundPorts: ""      # do not intercept any inbound ports
        traffic.sidecar.istio.io/includeOutboundIPRanges: ""  # do not intercept any outbound traffic
        proxy.istio.io/config: |
          proxyMetadata:
            OUTPUT_CERTS: /etc/istio-certs
        sidecar.istio.io/userVolumeMount: '[{"name": "istio-certs", "mountPath": "/etc/istio-certs"}]'
    spec:
      containers:
      - name: {{edge-container}}
        env:
        - name: AMBASSADOR_ISTIO_SECRET_DIR
          value: "/etc/istio-certs"
        - name: AMBASSADOR_ENVOY_BASE_ID
          value: "1"
{{full-reconfigure}}        volumeMounts:
        - name: istio-certs
          mountPath: /etc/istio-certs/
          readOnly: true
      volumes:
      - name: istio-certs
        emptyDir:
          medium: Memory
)";

const char tlsContext[] = R"(---
apiVersion: getambassador.io/{{ambassador-version}}
kind: TLSContext
metadata:
  name: istio-upstream
  namespace: {{ambassador-namespace}}
spec:
  secret: istio-certs     # This secret name tracks the Istio certificates read from /etc/istio-certs
  alpn_protocols: istio
)";

const char strict[] = R"(apiVersion: security.istio.io/v1beta1
kind: PeerAuthentication
metadata:
  name: {{policy-name}}
  namespace: {{root-namespace}}
spec:
  mtls:
    mode: STRICT
)";

// Of Istio up to 1.4: Citadel keeps a Secret for each service account, so the edge needs no sidecar (facts
// integration-guide.md §4), and STRICT is its MeshPolicy.
const char certificatesOfOldMesh[] =
    "# Nothing is to be applied: Istio's Citadel keeps the Secret istio.default in this namespace.\n";

// Of Ambassador up to 1.3.
const char mountedSecret[] = R"(apiVersion: apps/v1
kind: {{edge-kind}}
metadata:
  name: {{edge-deployment}}
  namespace: {{edge-namespace}}
spec:
  template:
    spec:
      containers:
      - name: {{edge-container}}
        volumeMounts:
        - name: istio-certs
          mountPath: /etc/istiocerts/
          readOnly: true
      volumes:
      - name: istio-certs
        secret:
          optional: true
          secretName: istio.default
)";

// Of Ambassador up to 1.3, and with a sidecar up to 1.9.  Envoy reads the files when it starts, and nothing tells it of new ones.
const char tlsContextOfFiles[] = R"(---
apiVersion: getambassador.io/v2
kind: TLSContext
metadata:
  name: istio-upstream
  namespace: {{ambassador-namespace}}
spec:
  cert_chain_file: {{files}}/cert-chain.pem
  private_key_file: {{files}}/key.pem
  cacert_chain_file: {{files}}/root-cert.pem
  alpn_protocols: istio
)";

const char tlsContextOfOldMesh[] = R"(---
apiVersion: getambassador.io/{{ambassador-version}}
kind: TLSContext
metadata:
  name: istio-upstream
  namespace: {{ambassador-namespace}}
spec:
  secret: istio.default
  secret_namespacing: false
  alpn_protocols: istio
)";

const char strictOfOldMesh[] = R"(apiVersion: authentication.istio.io/v1alpha1
kind: MeshPolicy
metadata:
  name: default
spec:
  peers:
  - mtls: {}
)";

const char scrapeJob[] = R"(# Ambassador scraping.
- job_name: 'ambassador'
  kubernetes_sd_configs:
  - role: endpoints
    namespaces:
      names:
      - {{edge-namespace}}
  relabel_configs:
  - source_labels: [__meta_kubernetes_service_name, __meta_kubernetes_endpoint_port_name]
    action: keep
    regex: {{admin-service}};ambassador-admin
  - source_labels: [__meta_kubernetes_endpoint_address_target_name]
    action: replace
    target_label: pod_name
)";

const char tracing[] = R"(---
apiVersion: getambassador.io/{{ambassador-version}}
kind: TracingService
metadata:
  name: tracing
  namespace: {{ambassador-namespace}}
spec:
  service: "{{collector}}"
  driver: zipkin
  config: {}
)";

const char tagHeaders[] = R"(  tag_headers:
    - ":authority"
    - ":path"
)";

const char customTags[] = R"(  custom_tags:
    - {tag: ":authority", request_header: {name: ":authority"}}
    - {tag: ":path", request_header: {name: ":path"}}
)";

// Citadel's Secrets are read through the API from Ambassador 1.4 on.
bool namesFiles(const GuideWords &words) { return words.isOldMesh ? words.mountsSecret : words.namesFiles; }

QString certificatesYaml(const GuideWords &words)
{
    if (words.isOldMesh)
        return QString::fromLatin1(words.mountsSecret ? mountedSecret : certificatesOfOldMesh);
    return QString::fromLatin1(words.secondGeneration ? injectedSidecar : sidecar);
}

QString templateOf(const QString &stepId, const GuideWords &words)
{
    const bool secondGeneration = words.secondGeneration;
    const QString plain = QString::fromLatin1(secondGeneration ? plainMappingV3 : plainMapping);
    if (stepId == "start"_L1)
        return secondGeneration ? QString::fromLatin1(listeners) : QString();
    if (stepId == "namespace-label"_L1)
        return QString::fromLatin1(namespaceLabel);
    if (stepId == "quote"_L1)
        return u"---\n"_s + plain + QString::fromLatin1(quoteBackend);
    if (stepId == "mapping-plain"_L1)
        return plain;
    if (stepId == "istio-certs"_L1)
        return certificatesYaml(words);
    if (stepId == "tlscontext"_L1)
        return QString::fromLatin1(namesFiles(words)     ? tlsContextOfFiles
                                       : words.isOldMesh ? tlsContextOfOldMesh
                                                         : tlsContext);
    if (stepId == "mapping-tls"_L1)
        return QString::fromLatin1(secondGeneration ? tlsMappingV3 : tlsMapping);
    if (stepId == "strict"_L1)
        return QString::fromLatin1(words.isOldMesh ? strictOfOldMesh : strict);
    if (stepId == "tracing"_L1)
        return QString::fromLatin1(tracing)
            + QString::fromLatin1(words.takesCustomTags ? customTags : tagHeaders);
    return stepId == "prometheus"_L1 ? QString::fromLatin1(scrapeJob) : QString();
}

} // namespace

QString guideYaml(const QString &stepId, const GuideWords &words)
{
    QString yaml = templateOf(stepId, words);
    const QMap<QString, QString> values{
        {u"{{edge-namespace}}"_s, words.edgeNamespace},
        {u"{{edge-deployment}}"_s, words.edgeDeployment},
        {u"{{edge-kind}}"_s, words.edgeKind},
        {u"{{edge-container}}"_s, words.edgeContainer},
        {u"{{ambassador-namespace}}"_s, words.ambassadorNamespace},
        {u"{{istio-version}}"_s, words.istioVersion},
        {u"{{admin-service}}"_s, words.adminService},
        {u"{{policy-name}}"_s, words.policyName},
        {u"{{collector}}"_s, words.collector},
        {u"{{files}}"_s, words.isOldMesh ? u"/etc/istiocerts"_s : u"/etc/istio-certs"_s},
        {u"{{secret-dir}}"_s, words.namesFiles ? QString() : QString::fromLatin1(secretDir)},
        {u"{{full-reconfigure}}"_s,
         words.keepsFirstCertificate ? QString::fromLatin1(fullReconfigure) : QString()},
        {u"{{root-namespace}}"_s, words.rootNamespace},
        {u"{{ambassador-version}}"_s, words.secondGeneration ? u"v3alpha1"_s : u"v2"_s}};
    for (auto value = values.begin(); value != values.end(); ++value)
        yaml.replace(value.key(), value.value());
    return yaml;
}

} // namespace models
