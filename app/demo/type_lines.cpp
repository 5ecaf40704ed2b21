// SPDX-License-Identifier: GPL-3.0-or-later
// NAME: FIELD=TYPE …   Types: s string, y bytes as base64, i integer, b boolean, t time, x string or integer, q quantity, p protocol (TCP unless said), * anything; ! at the end: required;
// {T} a map of T, @T a map that is replaced as a whole, [T] an atomic list, [T/k,l] a list merged by the keys k and l, [s/] a set.  Continued lines are indented.
#include "app/demo/type_table.h"

namespace demo {

const char TypeLines[] = R"(
ObjectMeta: name=s generateName=s namespace=s selfLink=s uid=s resourceVersion=s generation=i creationTimestamp=t deletionTimestamp=t
  deletionGracePeriodSeconds=i labels={s} annotations={s} ownerReferences=[OwnerReference/uid] finalizers=[s/] managedFields=[*]
OwnerReference: apiVersion=s! kind=s! name=s! uid=s! controller=b blockOwnerDeletion=b
LabelSelector: matchLabels={s} matchExpressions=[LabelSelectorRequirement]
LabelSelectorRequirement: key=s! operator=s! values=[s]
ObjectReference: kind=s namespace=s name=s uid=s apiVersion=s resourceVersion=s fieldPath=s
LocalObjectReference: name=s
Condition: type=s! status=s! observedGeneration=i lastTransitionTime=t lastUpdateTime=t lastProbeTime=t lastHeartbeatTime=t reason=s message=s
ConfigMap: immutable=b data={s} binaryData={y}
Secret: immutable=b data={y} stringData={s} type=s
Namespace: spec=NamespaceSpec status=NamespaceStatus
NamespaceSpec: finalizers=[s]
NamespaceStatus: phase=s conditions=[Condition/type]
ServiceAccount: secrets=[ObjectReference/name] imagePullSecrets=[LocalObjectReference] automountServiceAccountToken=b
Event: involvedObject=ObjectReference! reason=s message=s source=EventSource firstTimestamp=t lastTimestamp=t count=i type=s eventTime=t
  series=* action=s related=ObjectReference reportingComponent=s reportingInstance=s
EventSource: component=s host=s
Endpoints: subsets=[EndpointSubset]
EndpointSubset: addresses=[EndpointAddress] notReadyAddresses=[EndpointAddress] ports=[EndpointPort]
EndpointAddress: ip=s! hostname=s nodeName=s targetRef=ObjectReference
EndpointPort: name=s port=i protocol=s appProtocol=s
EndpointSlice: addressType=s! endpoints=[Endpoint] ports=[EndpointPort]
Endpoint: addresses=[s]! conditions=* hostname=s targetRef=ObjectReference nodeName=s zone=s hints=* deprecatedTopology={s}
Service: spec=ServiceSpec status=ServiceStatus
ServiceSpec: ports=[ServicePort/port,protocol] selector=@{s} clusterIP=s clusterIPs=[s] type=s externalIPs=[s] sessionAffinity=s loadBalancerIP=s
  loadBalancerSourceRanges=[s] externalName=s externalTrafficPolicy=s healthCheckNodePort=i publishNotReadyAddresses=b sessionAffinityConfig=*
  ipFamilies=[s] ipFamilyPolicy=s allocateLoadBalancerNodePorts=b loadBalancerClass=s internalTrafficPolicy=s trafficDistribution=s
ServicePort: name=s protocol=p appProtocol=s port=i! targetPort=x nodePort=i
ServiceStatus: loadBalancer=* conditions=[Condition/type]
Node: spec=* status=*
PersistentVolumeClaim: spec=* status=*
PersistentVolume: spec=* status=*
LimitRange: spec=*
ResourceQuota: spec=* status=*
ReplicationController: spec=* status=*
Pod: spec=PodSpec status=*
PodTemplate: metadata=ObjectMeta spec=PodSpec
PodSpec: volumes=[Volume/name] initContainers=[Container/name] containers=[Container/name]! ephemeralContainers=[Container/name] restartPolicy=s
  terminationGracePeriodSeconds=i activeDeadlineSeconds=i dnsPolicy=s nodeSelector={s} serviceAccountName=s serviceAccount=s
  automountServiceAccountToken=b nodeName=s hostNetwork=b hostPID=b hostIPC=b shareProcessNamespace=b securityContext=PodSecurityContext
  imagePullSecrets=[LocalObjectReference/name] hostname=s subdomain=s affinity=Affinity schedulerName=s tolerations=[Toleration]
  hostAliases=[HostAlias/ip] priorityClassName=s priority=i dnsConfig=* readinessGates=[*] runtimeClassName=s enableServiceLinks=b
  preemptionPolicy=s overhead={q} topologySpreadConstraints=[*] setHostnameAsFQDN=b os=* hostUsers=b schedulingGates=[*] resourceClaims=[*]
  resources=ResourceRequirements hostnameOverride=s
PodSecurityContext: seLinuxOptions=* windowsOptions=* runAsUser=i runAsGroup=i runAsNonRoot=b supplementalGroups=[i] supplementalGroupsPolicy=s
  fsGroup=i sysctls=[*] fsGroupChangePolicy=s seccompProfile=* appArmorProfile=* seLinuxChangePolicy=s
Affinity: nodeAffinity=NodeAffinity podAffinity=PodAffinity podAntiAffinity=PodAffinity
NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution=@NodeSelector preferredDuringSchedulingIgnoredDuringExecution=[PreferredSchedulingTerm]
NodeSelector: nodeSelectorTerms=[NodeSelectorTerm]!
NodeSelectorTerm: matchExpressions=[NodeSelectorRequirement] matchFields=[NodeSelectorRequirement]
NodeSelectorRequirement: key=s! operator=s! values=[s]
PreferredSchedulingTerm: weight=i! preference=@NodeSelectorTerm!
PodAffinity: requiredDuringSchedulingIgnoredDuringExecution=[PodAffinityTerm] preferredDuringSchedulingIgnoredDuringExecution=[WeightedPodAffinityTerm]
WeightedPodAffinityTerm: weight=i! podAffinityTerm=PodAffinityTerm!
PodAffinityTerm: labelSelector=@LabelSelector namespaces=[s] topologyKey=s! namespaceSelector=@LabelSelector matchLabelKeys=[s] mismatchLabelKeys=[s]
Toleration: key=s operator=s value=s effect=s tolerationSeconds=i
HostAlias: ip=s! hostnames=[s]
Container: name=s! image=s command=[s] args=[s] workingDir=s ports=[ContainerPort/containerPort,protocol] envFrom=[EnvFromSource] env=[EnvVar/name]
  resources=ResourceRequirements resizePolicy=[*] restartPolicy=s restartPolicyRules=[*] volumeMounts=[VolumeMount/mountPath]
  volumeDevices=[VolumeDevice/devicePath] livenessProbe=Probe readinessProbe=Probe startupProbe=Probe lifecycle=Lifecycle
  terminationMessagePath=s terminationMessagePolicy=s imagePullPolicy=s securityContext=SecurityContext stdin=b stdinOnce=b tty=b
  targetContainerName=s
ContainerPort: name=s hostPort=i containerPort=i! protocol=p hostIP=s
EnvFromSource: prefix=s configMapRef=OptionalReference secretRef=OptionalReference
OptionalReference: name=s optional=b
EnvVar: name=s! value=s valueFrom=EnvVarSource
EnvVarSource: fieldRef=FieldReference resourceFieldRef=* configMapKeyRef=KeyReference secretKeyRef=KeyReference fileKeyRef=*
FieldReference: apiVersion=s fieldPath=s!
KeyReference: name=s key=s! optional=b
ResourceRequirements: limits={q} requests={q} claims=[*]
VolumeMount: name=s! readOnly=b recursiveReadOnly=s mountPath=s! subPath=s mountPropagation=s subPathExpr=s
VolumeDevice: name=s! devicePath=s!
Probe: exec=ExecAction httpGet=HttpGetAction tcpSocket=TcpSocketAction grpc=* initialDelaySeconds=i timeoutSeconds=i periodSeconds=i
  successThreshold=i failureThreshold=i terminationGracePeriodSeconds=i
ExecAction: command=[s]
HttpGetAction: path=s port=x! host=s scheme=s httpHeaders=[NameValue]
NameValue: name=s! value=s!
TcpSocketAction: port=x! host=s
Lifecycle: postStart=LifecycleHandler preStop=LifecycleHandler stopSignal=s
LifecycleHandler: exec=ExecAction httpGet=HttpGetAction tcpSocket=TcpSocketAction sleep=*
SecurityContext: capabilities=* privileged=b seLinuxOptions=* windowsOptions=* runAsUser=i runAsGroup=i runAsNonRoot=b readOnlyRootFilesystem=b
  allowPrivilegeEscalation=b procMount=s seccompProfile=* appArmorProfile=*
Volume: name=s! hostPath=* emptyDir=EmptyDir gcePersistentDisk=* awsElasticBlockStore=* gitRepo=* secret=SecretVolume nfs=* iscsi=* glusterfs=*
  persistentVolumeClaim=* rbd=* flexVolume=* cinder=* cephfs=* flocker=* downwardAPI=* fc=* azureFile=* configMap=ConfigMapVolume vsphereVolume=*
  quobyte=* azureDisk=* photonPersistentDisk=* projected=* portworxVolume=* scaleIO=* storageos=* csi=* ephemeral=* image=*
EmptyDir: medium=s sizeLimit=q
SecretVolume: secretName=s items=[KeyToPath] defaultMode=i optional=b
ConfigMapVolume: name=s items=[KeyToPath] defaultMode=i optional=b
KeyToPath: key=s! path=s! mode=i
Deployment: spec=DeploymentSpec status=*
DeploymentSpec: replicas=i selector=@LabelSelector! template=PodTemplate! strategy=* minReadySeconds=i revisionHistoryLimit=i paused=b
  progressDeadlineSeconds=i
ReplicaSet: spec=ReplicaSetSpec status=*
ReplicaSetSpec: replicas=i minReadySeconds=i selector=@LabelSelector! template=PodTemplate
StatefulSet: spec=StatefulSetSpec status=*
StatefulSetSpec: replicas=i selector=@LabelSelector! template=PodTemplate! volumeClaimTemplates=[*] serviceName=s podManagementPolicy=s
  updateStrategy=* revisionHistoryLimit=i minReadySeconds=i persistentVolumeClaimRetentionPolicy=* ordinals=*
DaemonSet: spec=DaemonSetSpec status=*
DaemonSetSpec: selector=@LabelSelector! template=PodTemplate! updateStrategy=* minReadySeconds=i revisionHistoryLimit=i
Job: spec=JobSpec status=*
JobSpec: parallelism=i completions=i activeDeadlineSeconds=i podFailurePolicy=* successPolicy=* backoffLimit=i backoffLimitPerIndex=i
  maxFailedIndexes=i selector=@LabelSelector manualSelector=b template=PodTemplate! ttlSecondsAfterFinished=i completionMode=s suspend=b
  podReplacementPolicy=s managedBy=s
CronJob: spec=CronJobSpec status=*
CronJobSpec: schedule=s! timeZone=s startingDeadlineSeconds=i concurrencyPolicy=s suspend=b jobTemplate=JobTemplate! successfulJobsHistoryLimit=i
  failedJobsHistoryLimit=i
JobTemplate: metadata=ObjectMeta spec=JobSpec
NetworkPolicy: spec=NetworkPolicySpec
NetworkPolicySpec: podSelector=@LabelSelector ingress=[NetworkPolicyRule] egress=[NetworkPolicyRule] policyTypes=[s]
NetworkPolicyRule: ports=[NetworkPolicyPort] from=[NetworkPolicyPeer] to=[NetworkPolicyPeer]
NetworkPolicyPort: protocol=s port=x endPort=i
NetworkPolicyPeer: podSelector=@LabelSelector namespaceSelector=@LabelSelector ipBlock=*
Role: rules=[PolicyRule]
ClusterRole: rules=[PolicyRule] aggregationRule=*
PolicyRule: verbs=[s]! apiGroups=[s] resources=[s] resourceNames=[s] nonResourceURLs=[s]
RoleBinding: subjects=[Subject] roleRef=RoleRef!
ClusterRoleBinding: subjects=[Subject] roleRef=RoleRef!
Subject: kind=s! apiGroup=s name=s! namespace=s
RoleRef: apiGroup=s kind=s! name=s!
MutatingWebhookConfiguration: webhooks=[Webhook/name]
ValidatingWebhookConfiguration: webhooks=[Webhook/name]
Webhook: name=s! clientConfig=WebhookClientConfig! rules=[WebhookRule] failurePolicy=s matchPolicy=s namespaceSelector=@LabelSelector
  objectSelector=@LabelSelector sideEffects=s! timeoutSeconds=i admissionReviewVersions=[s]! reinvocationPolicy=s matchConditions=[*]
WebhookClientConfig: url=s service=ServiceReference caBundle=y
ServiceReference: namespace=s! name=s! path=s port=i
WebhookRule: operations=[s] apiGroups=[s] apiVersions=[s] resources=[s] scope=s
CustomResourceDefinition: spec=* status=*
APIService: spec=* status=*
Lease: spec=LeaseSpec
LeaseSpec: holderIdentity=s leaseDurationSeconds=i acquireTime=t renewTime=t leaseTransitions=i strategy=s preferredHolder=s
)";

} // namespace demo
